import { z } from "zod";
import { passwordLength } from "@/lib/auth/limits.ts";
import { roles } from "@/lib/auth/roles.ts";
import { mostGroupsOfUser } from "@/lib/groups/group.ts";
import { textFault } from "@/lib/http/body.ts";
import { mailbox } from "@/lib/mail/address.ts";
import { userLimits } from "./user.ts";

const storable = (text: string): boolean => textFault(text) === undefined;
const oneLine = (text: string): boolean => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);

/** What a person is called: one line, since it stands in mails and lists. */
export const personName = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(userLimits.name, `must have at most ${userLimits.name} characters`)
  .refine(oneLine, "must be one line without control characters")
  .refine(storable, "must hold neither NUL nor half of a surrogate pair");

const loginName = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(userLimits.login, `must have at most ${userLimits.login} characters`)
  .refine(storable, "must hold neither NUL nor half of a surrogate pair");

/** Names in records; one that is given twice counts once. */
export const loginNames = z
  .array(loginName)
  .max(userLimits.logins, `must be at most ${userLimits.logins}`)
  .transform((names) => [...new Set(names)]);

/** Kept in lower case: people write their address as they like. */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(userLimits.email, `must have at most ${userLimits.email} characters`)
  .pipe(
    z
      .email("must be an email address")
      .refine((text) => mailbox(text)?.address === text, "must be an email address"),
  );

const groupIds = z
  .array(z.uuid("must be ids of groups"))
  .max(mostGroupsOfUser, `must be at most ${mostGroupsOfUser} groups`);

/** Whom to invite. Without the global scope, a person sees what the groups may see. */
export const userWish = z
  .strictObject({
    email: emailAddress,
    name: personName,
    role: z.enum(roles),
    logins: loginNames.default([]),
    sharedOnly: z
      .boolean()
      .default(false)
      .describe("Sees only sessions that were shared with them; for auditors alone."),
    globalScope: z
      .boolean()
      .default(true)
      .describe("Sees everything that the role sees, whatever the groups."),
    groupIds: groupIds.default([]),
  })
  .refine(({ role, sharedOnly }) => role === "auditor" || !sharedOnly, {
    path: ["sharedOnly"],
    message: "can be true of an auditor only",
  });

export type UserWish = z.output<typeof userWish>;

/** What of an account shall be different. */
export const userChange = z
  .strictObject({
    version: z.int().min(1).describe("The version that was seen; another one by now is a 409."),
    name: personName.optional(),
    role: z.enum(roles).optional(),
    logins: loginNames.optional(),
    sharedOnly: z.boolean().optional(),
    status: z.enum(["active", "disabled"]).optional(),
    globalScope: z.boolean().optional(),
    groupIds: groupIds.optional().describe("The groups that the person is in from now on."),
    reason: z
      .string()
      .trim()
      .max(userLimits.reason, `must have at most ${userLimits.reason} characters`)
      .optional()
      .describe("The caller's words, for the audit log."),
  })
  .refine((change) => Object.keys(change).some((key) => key !== "version" && key !== "reason"), {
    message: "names nothing to change",
  });

export type UserChangeWish = z.output<typeof userChange>;

/** The token of a link: 32 random bytes, in base64url. */
const linkToken = z.string().max(200, "is no token of a link");

const newPassword = z
  .string()
  .min(passwordLength.min, `must have at least ${passwordLength.min} characters`)
  .max(passwordLength.max, `must have at most ${passwordLength.max} characters`);

/** What a person sends who was invited. */
export const activationWish = z.strictObject({ token: linkToken, name: personName, password: newPassword });

export const resetRequest = z.strictObject({
  email: z.string().max(1024, "must have at most 1024 characters"),
});

export const resetWish = z.strictObject({ token: linkToken, password: newPassword });
