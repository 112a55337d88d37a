import { z } from "zod";
import { tokenLimits } from "./limits.ts";
import { tokenScopes } from "./roles.ts";

/** What a new token shall be; the expiry must be chosen, `null` being the choice of none. */
export const tokenWish = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(tokenLimits.name, `must have at most ${tokenLimits.name} characters`),
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

/** A token as lists show it; times are ISO 8601 in UTC. */
export type ApiTokenItem = {
  id: string;
  name: string;
  /** The first characters of the token. */
  prefix: string;
  scopes: string[];
  createdAt: string;
  /** Null: never. */
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  expired: boolean;
  owner: { email: string; name: string };
  own: boolean;
  /** Whether who asks may revoke it. */
  revocable: boolean;
};
