import "server-only";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { custom, Issuer, type TokenSet } from "openid-client";
import { z } from "zod";
import { textFault } from "@/lib/http/body.ts";
import { Problem } from "@/lib/http/problem.ts";
import { clientAuthentication, type Discovered } from "./discovery.ts";
import type { Provider } from "./providers.ts";

/** What a provider says of the person who signed in there, after the ID token was checked. */
export type Claims = {
  subject: string;
  /** In lower case; undefined when there is none, or none that can be an address. */
  email: string | undefined;
  emailVerified: boolean;
  name: string | undefined;
  /** Access groups; undefined when the provider's groups do not count. */
  groups: string[] | undefined;
};

/** What one sign-in takes along, and what the provider said in the end. */
export type Exchange = { claims?: Claims };

const limits = { subject: 255, email: 254, name: 200, groups: 1000, group: 300 } as const;

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => textFault(value) === undefined && !/\p{Cc}/u.test(value));

const standardClaims = z.object({
  sub: text(limits.subject),
  email: z.email().max(limits.email).toLowerCase().optional().catch(undefined),
  email_verified: z.unknown().optional(),
  name: text(limits.name).optional().catch(undefined),
});

/**
 * A provider for next-auth, which sends people there and back with PKCE, state and nonce. The exchange of the code
 * is ours: through connections that reach no more than they should, and with an ID token in any case, whose
 * signature, issuer, audience, time and nonce openid-client checks.
 */
export function openIdProvider(
  { provider, clientSecret }: { provider: Provider; clientSecret: string },
  discovered: Discovered,
  exchange: Exchange,
): OAuthConfig<{ sub: string }> {
  const { discovery } = discovered;
  return {
    id: provider.id,
    name: provider.name,
    type: "oauth",
    issuer: discovery.issuer,
    clientId: provider.clientId,
    clientSecret,
    authorization: {
      url: discovery.authorization_endpoint,
      params: { scope: scopeFor(provider, discovered) },
    },
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    token: {
      url: discovery.token_endpoint,
      request: async ({ provider: { callbackUrl }, params, checks }) => {
        const client = clientFor(provider, clientSecret, callbackUrl, discovered);
        const tokens = await client.callback(callbackUrl, params, { ...checks, response_type: "code" });
        exchange.claims = readClaims(provider, await allClaims(client, discovered, tokens));
        // next-auth wants the tokens to make a profile of; no token is kept.
        return { tokens: { id_token: tokens.id_token } as TokenSet };
      },
    },
    profile: ({ sub }) => ({ id: sub }),
  };
}

function scopeFor({ groupsClaim }: Provider, { discovery }: Discovered): string {
  const groups = groupsClaim !== null && discovery.scopes_supported?.includes("groups") ? ["groups"] : [];
  return ["openid", "email", "profile", ...groups].join(" ");
}

type Client = InstanceType<Issuer["Client"]>;

function clientFor(
  { clientId, signingAlgorithm }: Provider,
  clientSecret: string,
  callbackUrl: string,
  { discovery, transport }: Discovered,
): Client {
  const issuer = new Issuer({
    issuer: discovery.issuer,
    token_endpoint: discovery.token_endpoint,
    jwks_uri: discovery.jwks_uri,
    ...(discovery.userinfo_endpoint !== undefined && { userinfo_endpoint: discovery.userinfo_endpoint }),
    // Whoever says so must name itself in its answer (RFC 9207): no other provider's code is taken for its own.
    authorization_response_iss_parameter_supported:
      discovery.authorization_response_iss_parameter_supported === true,
  });
  const method = clientAuthentication(discovery.token_endpoint_auth_methods_supported);
  const client = new issuer.Client({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [callbackUrl],
    response_types: ["code"],
    id_token_signed_response_alg: signingAlgorithm,
    ...(method === undefined ? {} : { token_endpoint_auth_method: method }),
  });
  const options = (url: URL) => ({
    agent: url.protocol === "http:" ? transport.agents["http:"] : transport.agents["https:"],
    timeout: transport.timeoutMs,
  });
  client[custom.http_options] = options;
  issuer[custom.http_options] = options;
  client[custom.clock_tolerance] = 30;
  return client;
}

/** Those of the ID token, and for what it leaves out those of the userinfo endpoint, of the same subject. */
async function allClaims(
  client: Client,
  { discovery }: Discovered,
  tokens: TokenSet,
): Promise<{ [claim: string]: unknown }> {
  const own = tokens.claims();
  if (discovery.userinfo_endpoint === undefined || tokens.access_token === undefined) return own;
  return { ...(await client.userinfo(tokens)), ...own };
}

function readClaims(provider: Provider, given: { [claim: string]: unknown }): Claims {
  const parsed = standardClaims.safeParse(given);
  if (!parsed.success) throw new Problem(502, "The provider names the person in a way that cannot be kept.");
  const { sub, email, email_verified: verified, name } = parsed.data;
  return {
    subject: sub,
    email,
    emailVerified: email !== undefined && (provider.trustsEmails || verified === true || verified === "true"),
    name,
    groups: provider.groupsClaim === null ? undefined : readGroups(provider.groupsClaim, given),
  };
}

/** @param claim its name, or a path of names parted by dots */
function readGroups(claim: string, given: { [claim: string]: unknown }): string[] {
  const elsewhere = z.object({ _claim_names: z.record(z.string(), z.unknown()) }).safeParse(given);
  if (elsewhere.success && claim in elsewhere.data._claim_names)
    throw new Problem(
      502,
      `The provider leaves ${claim} out of its token: the person is in too many groups.`,
    );
  const value = claim in given ? given[claim] : valueAt(given, claim.split("."));
  if (value === undefined || value === null) return [];
  const list = z
    .union([text(limits.group).transform((one) => [one]), z.array(text(limits.group)).max(limits.groups)])
    .safeParse(value);
  if (!list.success) {
    throw new Problem(
      502,
      `The provider's claim ${claim} is no list of at most ${limits.groups} names of groups.`,
    );
  }
  return [...new Set(list.data)];
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return valueAt(Reflect.get(value, name), rest);
}
