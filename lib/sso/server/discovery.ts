import "server-only";
import { z } from "zod";
import { Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import type { ProviderSettings, ProviderTest } from "../provider.ts";
import { addressFault, getJson, type Transport, transportTo } from "./transport.ts";

/** What Daybook reads of a discovery document (OpenID Connect Discovery 1.0, section 3). */
const discoveryDocument = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  userinfo_endpoint: z.string().optional(),
  /** OpenID Connect RP-Initiated Logout 1.0, section 2.1. */
  end_session_endpoint: z.string().optional(),
  response_types_supported: z.array(z.string()).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  scopes_supported: z.array(z.string()).optional(),
  claims_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export type Discovery = z.output<typeof discoveryDocument>;

/** A provider's document, and the way to the provider. */
export type Discovered = { discovery: Discovery; transport: Transport };

type Asked = Pick<ProviderSettings, "issuer" | "signingAlgorithm" | "groupsClaim">;

/** How long a document is good, and how long one that could not be had is not asked for again. */
const keepMs = 10 * 60_000;
const keepFaultMs = 5_000;
const kept = new Map<string, { until: number; found: Promise<Discovered> }>();

/**
 * The discovery document of a provider, at most ten minutes old.
 * @throws Problem 502 when it cannot be had or cannot be used; the log says why
 */
export async function discover(provider: { id: string } & Asked): Promise<Discovered> {
  const key = `${provider.id} ${provider.issuer} ${provider.signingAlgorithm}`;
  const known = kept.get(key);
  if (known && known.until > Date.now()) return await known.found;
  const entry = { until: Date.now() + keepMs, found: ask(provider) };
  kept.set(key, entry);
  for (const [other, { until }] of kept) if (until <= Date.now()) kept.delete(other);
  try {
    return await entry.found;
  } catch (error) {
    entry.until = Date.now() + keepFaultMs;
    log().warn({ err: error, provider: provider.id }, "an identity provider cannot be used");
    throw error;
  }
}

async function ask(provider: Asked): Promise<Discovered> {
  const { discovered, faults } = await look(provider);
  if (discovered) return discovered;
  throw new Problem(
    502,
    "The identity provider does not answer as it should. An administrator can test it under Settings → Identity providers.",
    { cause: new Error(faults.join(" ")) },
  );
}

/** Asks a provider anew and says, for a person, what is wrong with it and what it told. */
export async function testProvider(provider: Asked): Promise<ProviderTest> {
  const { faults, facts } = await look(provider);
  return { ok: faults.length === 0, faults, facts };
}

type Look = { discovered?: Discovered; faults: string[]; facts: string[] };

async function look({ issuer, signingAlgorithm, groupsClaim }: Asked): Promise<Look> {
  const fault = issuerFault(issuer);
  if (fault !== undefined) return { faults: [`The issuer ${fault}.`], facts: [] };
  const transport = transportTo(new URL(issuer));
  const url = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  let document: unknown;
  try {
    document = await getJson(url, transport);
  } catch (error) {
    return { faults: [`${url.href} cannot be read: ${reasonOf(error)}.`], facts: [] };
  }
  const parsed = discoveryDocument.safeParse(document);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `The discovery document's ${path.join(".")} is wrong: ${message}.`,
    );
    return { faults, facts: [] };
  }
  const discovery = parsed.data;
  const faults = [
    ...issuerFaults(discovery, issuer),
    ...endpointFaults(discovery, transport.issuerHost),
    ...abilityFaults(discovery, signingAlgorithm),
  ];
  if (faults.length === 0) faults.push(...(await keyFaults(discovery, transport)));
  const facts = [
    `People are sent to ${discovery.authorization_endpoint}.`,
    ...claimFacts(discovery, groupsClaim),
    signOutFact(discovery, transport),
  ];
  return faults.length === 0 ? { discovered: { discovery, transport }, faults, facts } : { faults, facts };
}

/** Why nothing can be an issuer of this URL; undefined when it can. */
export function issuerFault(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return "must be a URL, as https://login.example.org";
  const url = new URL(issuer);
  if (url.search !== "") return "must not hold a query";
  return addressFault(url, url.hostname.replace(/^\[(.*)\]$/, "$1"));
}

function issuerFaults({ issuer: named }: Discovery, issuer: string): string[] {
  if (named === issuer) return [];
  return [`The document names the issuer ${clip(named)}; set exactly that, or look for the right one.`];
}

function endpointFaults(discovery: Discovery, issuerHost: string): string[] {
  const names = ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] as const;
  return names.flatMap((name) => {
    const address = discovery[name];
    if (address === undefined) return [];
    const fault = URL.canParse(address) ? addressFault(new URL(address), issuerHost) : "is no URL";
    return fault === undefined ? [] : [`The document's ${name} ${fault}: ${clip(address)}.`];
  });
}

function abilityFaults(discovery: Discovery, algorithm: string): string[] {
  const without = (list: readonly string[] | undefined, needed: string) =>
    list !== undefined && !list.includes(needed);
  const methods = discovery.token_endpoint_auth_methods_supported;
  return [
    ...(without(discovery.response_types_supported, "code")
      ? ["The provider does not offer the authorization code flow (response type code)."]
      : []),
    ...(without(discovery.code_challenge_methods_supported, "S256")
      ? ["The provider does not take PKCE with S256."]
      : []),
    ...(without(discovery.id_token_signing_alg_values_supported, algorithm)
      ? [
          `The provider does not sign ID tokens with ${algorithm}, only with ${clip(discovery.id_token_signing_alg_values_supported?.join(", ") ?? "")}.`,
        ]
      : []),
    ...(clientAuthentication(methods) === undefined
      ? ["The provider takes no client secret: neither client_secret_basic nor client_secret_post."]
      : []),
  ];
}

/** How Daybook proves itself at the token endpoint. RFC 8414: without a list, client_secret_basic. */
export function clientAuthentication(
  methods: readonly string[] | undefined,
): "client_secret_basic" | "client_secret_post" | undefined {
  if (methods === undefined || methods.includes("client_secret_basic")) return "client_secret_basic";
  return methods.includes("client_secret_post") ? "client_secret_post" : undefined;
}

const keySet = z.object({ keys: z.array(z.object({ kty: z.string() })).min(1, "holds no key") });

async function keyFaults({ jwks_uri: address }: Discovery, transport: Transport): Promise<string[]> {
  try {
    const checked = keySet.safeParse(await getJson(new URL(address), transport));
    return checked.success ? [] : [`${clip(address)} is no set of keys.`];
  } catch (error) {
    return [`The provider's keys cannot be read from ${clip(address)}: ${reasonOf(error)}.`];
  }
}

/**
 * The page on which a provider signs people out; undefined when it names none, or one that nobody may be sent to.
 * A provider is of use without it.
 */
export function endSessionPage({ discovery, transport }: Discovered): URL | undefined {
  const { end_session_endpoint: address } = discovery;
  if (address === undefined || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  return addressFault(url, transport.issuerHost) === undefined ? url : undefined;
}

function signOutFact(discovery: Discovery, transport: Transport): string {
  const page = endSessionPage({ discovery, transport });
  if (page) return `It signs people out on ${clip(page.href)}.`;
  if (discovery.end_session_endpoint === undefined) return "It names no page to sign out on.";
  return `Nobody is sent to the page that it names to sign out on: ${clip(discovery.end_session_endpoint)}.`;
}

function claimFacts({ claims_supported: claims }: Discovery, groupsClaim: string | null): string[] {
  if (!claims) return ["It does not say which claims it gives."];
  const wanted = ["email", "email_verified", ...(groupsClaim === null ? [] : [groupsClaim])];
  const missing = wanted.filter((claim) => !claims.includes(claim));
  if (missing.length === 0) return [`It gives the claims ${wanted.join(", ")}.`];
  return [`It does not list the claims ${missing.join(", ")}; it may give them all the same.`];
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  // Node gathers the failures of several addresses in one error without a text.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return clip(error.message || (first instanceof Error ? first.message : error.name)).replace(/\.$/, "");
}

/** A provider's text, fit to be shown. */
function clip(text: string): string {
  return text.replace(/\p{Cc}/gu, " ").slice(0, 300);
}
