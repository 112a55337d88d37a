import "server-only";
import { z } from "zod";
import {
  findings,
  type ProviderItem,
  type ProviderTest,
  providedRoles,
  providerKinds,
  signingAlgorithms,
} from "@/lib/sso/provider.ts";

const dateTime = z.iso.datetime();

export const provider = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(providerKinds),
  issuer: z.string(),
  clientId: z.string(),
  signingAlgorithm: z.enum(signingAlgorithms),
  findsBy: z.enum(findings),
  trustsEmails: z.boolean(),
  createsAccounts: z.boolean(),
  accountRole: z.enum(providedRoles),
  highestRole: z.enum(providedRoles),
  givesGlobalScope: z.boolean(),
  signsOut: z.boolean(),
  groupsClaim: z.string().nullable(),
  groups: z.array(z.object({ value: z.string(), groupId: z.uuid() })),
  enabled: z.boolean(),
  createdAt: dateTime,
  accounts: z.int().min(0).describe("Accounts that it made or that are linked to a person there."),
  scim: z
    .object({
      prefix: z.string().describe("The first characters of the token."),
      createdAt: dateTime,
      lastUsedAt: dateTime.nullable(),
    })
    .nullable()
    .describe("Null: it has no token to provision with."),
}) satisfies z.ZodType<ProviderItem>;

export const providerTest = z.object({
  ok: z.boolean(),
  faults: z.array(z.string()).describe("What is wrong, for a person to read."),
  facts: z.array(z.string()),
}) satisfies z.ZodType<ProviderTest>;

export const provisioningToken = z.object({
  token: z.string().describe("Shown in this answer and nowhere else."),
});
