import { z } from "zod";
import { descriptionLength, mostGroupsOfUser, mostNames, nameLength, scopeNameLength } from "./group.ts";

const line = (text: string): boolean => !/\p{Cc}/u.test(text);
const noControls = "must not contain control characters";

const names = z
  .array(
    z
      .string()
      .min(1, "must not be empty")
      .max(scopeNameLength, `must have at most ${scopeNameLength} characters`)
      .refine(line, noControls),
  )
  .max(mostNames, `must be at most ${mostNames} names`)
  .refine((all) => new Set(all).size === all.length, "must not hold a name twice");

const fields = {
  name: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(nameLength, `must have at most ${nameLength} characters`)
    .refine(line, noControls),
  description: z
    .string()
    .trim()
    .max(descriptionLength, `must have at most ${descriptionLength} characters`)
    .refine(line, noControls),
  globalScope: z.boolean(),
  spaces: names,
  targets: names,
};

/** Makes a group. Without scopes its members see nothing through it. */
export const groupWish = z.strictObject({
  ...fields,
  description: fields.description.default(""),
  globalScope: fields.globalScope.default(false),
  spaces: fields.spaces.default([]),
  targets: fields.targets.default([]),
});

/** Changes a group; `version` is that of the group that the caller has seen. What is left out stays. */
export const groupChange = z.strictObject({
  version: z.number().int("must be a whole number").min(1, "must be 1 or more"),
  name: fields.name.optional(),
  description: fields.description.optional(),
  globalScope: fields.globalScope.optional(),
  spaces: fields.spaces.optional(),
  targets: fields.targets.optional(),
});

/** Puts somebody into a group. */
export const memberWish = z.strictObject({
  user: z
    .string()
    .trim()
    .min(1, "must be the address or the id of a user")
    .max(320, "must have at most 320 characters"),
});

/** What somebody shall see beside the role. What is left out stays. */
export const userScopeWish = z
  .strictObject({
    globalScope: z.boolean().optional(),
    groupIds: z
      .array(z.uuid("must be the id of a group"))
      .max(mostGroupsOfUser, `must be at most ${mostGroupsOfUser} groups`)
      .optional(),
  })
  .refine((wish) => Object.keys(wish).length > 0, "must name globalScope or groupIds");

/** Bytes of a body with as many names as a group may have. */
export const groupBodyLimit = 4 * 1024 * 1024;
