import "server-only";
import { z } from "zod";
import { type AccessPage, accessStatuses } from "@/lib/access/access.ts";
import { roles } from "@/lib/auth/roles.ts";
import type { Group, GroupLine } from "@/lib/groups/group.ts";
import { recordTime } from "@/lib/logs/row-schema.ts";

// Checked against the types that the code answers with, as in answers.ts.

const scope = {
  globalScope: z.boolean().describe("Gives everything that the role sees."),
  spaces: z.array(z.string()).describe("Names of spaces, as the records have them."),
  targets: z.array(z.string()).describe("Names of targets, clusters among them, as the records have them."),
};

const facts = {
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  ...scope,
  version: z.int().min(1).describe("Grows with every change."),
  createdAt: recordTime,
};

export const groupLine = z.object({ ...facts, members: z.int().min(0) }) satisfies z.ZodType<GroupLine>;

export const group = z.object({
  ...facts,
  members: z.array(
    z.object({
      id: z.uuid(),
      email: z.string(),
      name: z.string(),
      role: z.string(),
      status: z.string(),
      globalScope: z.boolean().describe("Sees everything, whatever the group."),
    }),
  ),
}) satisfies z.ZodType<Group>;

export const accessPage = z.object({
  people: z.array(
    z.object({
      id: z.uuid(),
      email: z.string(),
      name: z.string(),
      role: z.enum(roles),
      status: z.enum(accessStatuses),
      logins: z.array(z.string()).describe("Names in records that are this person's, beside the address."),
      secondFactor: z.boolean().describe("Signing in takes a second factor beside the password."),
      sharedOnly: z.boolean().describe("As an auditor: sees only sessions that were shared with them."),
      globalScope: z.boolean(),
      groups: z.array(z.object({ id: z.uuid(), name: z.string(), ...scope })),
      reach: z
        .union([z.literal("all"), z.object({ spaces: z.array(z.string()), targets: z.array(z.string()) })])
        .describe("What comes of role, global scope and groups, before the role narrows it."),
      shares: z.int().min(0).describe("Sessions that are shared with them at this moment."),
      tokens: z.int().min(0).describe("API tokens that are neither revoked nor expired."),
      lastSeenAt: recordTime.nullable().describe("Null before the first sign-in."),
    }),
  ),
  nextCursor: z.string().nullable().describe("`after` of the next page; null at the end."),
}) satisfies z.ZodType<AccessPage>;
