import type { Role } from "@/lib/auth/roles.ts";

/** What an identity provider is: the first three have sign-ins of their own in the audit log. */
export const providerKinds = ["vsa9", "vsax", "k1", "oidc"] as const;

export type ProviderKind = (typeof providerKinds)[number];

export const kindTitles: { readonly [K in ProviderKind]: string } = {
  vsa9: "VSA 9",
  vsax: "VSA X",
  k1: "K1",
  oidc: "OpenID Connect",
};

/** By what the account of somebody is found who was not linked before. */
export const findings = ["email", "subject"] as const;

/** Roles that a provider may give: superusers are made by superusers alone. */
export const providedRoles = ["member", "auditor", "admin"] as const satisfies readonly Role[];

export type ProvidedRole = (typeof providedRoles)[number];

/** How ID tokens may be signed: with a key whose public half the provider shows. */
export const signingAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"] as const;

/** Characters and numbers. */
export const providerLimits = {
  name: 60,
  issuer: 500,
  clientId: 500,
  clientSecret: 2000,
  groupsClaim: 100,
  groupValue: 300,
  groups: 500,
  providers: 20,
} as const;

/** A group of Daybook that stands for an access group of the provider. */
export type GroupMapping = { value: string; groupId: string };

/** What is set of a provider, the client secret apart. */
export type ProviderSettings = {
  name: string;
  kind: ProviderKind;
  issuer: string;
  clientId: string;
  signingAlgorithm: (typeof signingAlgorithms)[number];
  findsBy: (typeof findings)[number];
  /** Takes addresses as verified that the provider does not state as such. */
  trustsEmails: boolean;
  /** Whether somebody unknown gets an account at the first sign-in. */
  createsAccounts: boolean;
  /** Of accounts that are made at a sign-in, or by SCIM without a role. */
  accountRole: ProvidedRole;
  /** The highest that SCIM may give, and of accounts that SCIM may take over by their address. */
  highestRole: ProvidedRole;
  /** Whether accounts that it makes see all that their role may; else what their groups see. */
  givesGlobalScope: boolean;
  /** Null: groups do not follow from signing in. */
  groupsClaim: string | null;
  groups: GroupMapping[];
  /** Sends who signs out of Daybook on to sign out there too, where it has a page for that. */
  signsOut: boolean;
  enabled: boolean;
};

/** A provider as its page shows it; times are ISO 8601 in UTC. */
export type ProviderItem = ProviderSettings & {
  id: string;
  createdAt: string;
  accounts: number;
  scim: { prefix: string; createdAt: string; lastUsedAt: string | null } | null;
};

/** What a test of a provider found: faults first, each a sentence. */
export type ProviderTest = { ok: boolean; faults: string[]; facts: string[] };
