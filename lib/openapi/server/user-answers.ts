import "server-only";
import { z } from "zod";
import { roles } from "@/lib/auth/roles.ts";
import { recordTime } from "@/lib/logs/row-schema.ts";
import {
  type DeletedUser,
  type Invitation,
  type UserLine,
  type UserPage,
  userStatuses,
} from "@/lib/users/user.ts";

// Checked against the types that the code answers with, as in answers.ts.

const count = z.int().min(0);

export const user = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  status: z.enum(userStatuses).describe("`invited` until the person used the link of the invitation."),
  sharedOnly: z.boolean().describe("As an auditor: sees only sessions that were shared with them."),
  logins: z.array(z.string()).describe("Names in records that are this person's, beside the address."),
  createdAt: recordTime,
  lastSeenAt: recordTime.nullable().describe("Null before the first sign-in."),
  invitedUntil: recordTime.nullable().describe("Until when the link of the invitation can be used."),
  lock: z
    .object({
      until: recordTime,
      tries: count.describe("The failed ones, and the one too many."),
      of: z.enum(["passwords", "codes"]),
    })
    .nullable()
    .describe("That nobody can sign in to the account for a while; null when it is not locked."),
  globalScope: z.boolean().describe("Sees everything that the role sees, whatever the groups."),
  groups: z
    .array(z.object({ id: z.uuid(), name: z.string() }))
    .describe("Of the groups they are in, those that the caller may know of."),
  version: z.int().min(1).describe("Grows with every change."),
  own: z.boolean().describe("Whether it is the caller."),
  editable: z.boolean().describe("Whether the caller's role may change it."),
}) satisfies z.ZodType<UserLine>;

export const userPage = z.object({
  users: z.array(user),
  nextCursor: z.string().nullable().describe("`after` of the next page; null at the end."),
}) satisfies z.ZodType<UserPage>;

export const invitation = z.object({
  id: z.uuid().describe("The account."),
  expiresAt: z.iso.datetime().describe("When the link expires."),
  mail: z.enum(["sent", "failed", "not set up"]),
  reason: z.string().optional().describe("Why the mail failed."),
  link: z.string().optional().describe("Where mail is not set up: the link, this once, to be handed over."),
}) satisfies z.ZodType<Invitation>;

export const deletedUser = z.object({
  sessions: count.describe("Open sessions that ended."),
  tokens: count,
  devices: count,
}) satisfies z.ZodType<DeletedUser>;
