import { z } from "zod";
import { roles } from "@/lib/auth/roles.ts";
import { findings, providedRoles, providerKinds, providerLimits, signingAlgorithms } from "./provider.ts";

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !/\p{Cc}/u.test(value), "must not contain control characters");

const settings = {
  name: text(providerLimits.name).describe("What its button says on the sign-in page."),
  kind: z.enum(providerKinds),
  issuer: text(providerLimits.issuer).describe(
    "The issuer's URL, as its ID tokens name it; the discovery document is below it.",
  ),
  clientId: text(providerLimits.clientId),
  signingAlgorithm: z.enum(signingAlgorithms).default("RS256"),
  findsBy: z
    .enum(findings)
    .default("email")
    .describe("By what an account is found that was not linked before: a verified address, or not at all."),
  trustsEmails: z
    .boolean()
    .default(false)
    .describe("Takes addresses as verified that the provider does not state as such."),
  createsAccounts: z.boolean().default(false),
  accountRole: z.enum(providedRoles).default("member"),
  highestRole: z.enum(providedRoles).default("member"),
  givesGlobalScope: z
    .boolean()
    .default(false)
    .describe("Whether new accounts see all that their role may; else what their groups see."),
  groupsClaim: text(providerLimits.groupsClaim).nullable().default(null),
  groups: z
    .array(z.strictObject({ value: text(providerLimits.groupValue), groupId: z.uuid() }))
    .max(providerLimits.groups)
    .refine(
      (groups) => new Set(groups.map(({ value }) => value)).size === groups.length,
      "must not name an access group twice",
    )
    .default([]),
  signsOut: z
    .boolean()
    .default(false)
    .describe("Sends who signs out of Daybook on to the provider's end_session_endpoint, where it has one."),
  enabled: z.boolean().default(true),
};

const roleOrder = {
  path: ["accountRole"],
  message: "must not be above the highest role that the provider may give",
};

type Ranked = { accountRole: (typeof providedRoles)[number]; highestRole: (typeof providedRoles)[number] };

function inOrder({ accountRole, highestRole }: Ranked): boolean {
  return roles.indexOf(accountRole) >= roles.indexOf(highestRole);
}

const secret = text(providerLimits.clientSecret);

/** What a new provider is. */
export const providerWish = z
  .strictObject({
    id: z
      .uuid()
      .optional()
      .describe("The caller's choice, so that the redirect address is known beforehand; random without it."),
    ...settings,
    clientSecret: secret,
  })
  .refine(inOrder, roleOrder);

export type ProviderWish = z.output<typeof providerWish>;

/** All of a provider's settings anew; without a client secret the one that is there stays. */
export const providerChange = z
  .strictObject({ ...settings, clientSecret: secret.optional(), reason: text(500) })
  .refine(inOrder, roleOrder);

export type ProviderChange = z.output<typeof providerChange>;

/** What a test of a provider asks for. */
export const providerProbe = z.strictObject({
  issuer: settings.issuer,
  signingAlgorithm: settings.signingAlgorithm,
  groupsClaim: settings.groupsClaim,
});
