import { z } from "zod";
import { tokenLimits } from "./limits.ts";
import { tokenScopes } from "./roles.ts";

/** What a new token shall be; the expiry must be chosen, `null` being the choice of none. */
export const tokenWish = z.strictObject({
  name: z.string().trim().min(1, "must not be empty").max(tokenLimits.name, `must have at most ${tokenLimits.name} characters`),
  scopes: z
    .array(z.enum(tokenScopes))
    .min(1, "must name at least one scope")
    .refine((scopes) => new Set(scopes).size === scopes.length, "must not name a scope twice"),
  expiresInDays: z
    .int()
    .min(1)
    .max(tokenLimits.days)
    .nullable()
    .describe("Days until the token expires; null for a token that does not expire."),
});

export type TokenWish = z.output<typeof tokenWish>;
