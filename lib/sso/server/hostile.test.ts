import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { principalOfCookie } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import type { ProviderItem } from "../provider.ts";
import { providerWish } from "../provider-wish.ts";
import { issuerFault, testProvider } from "./discovery.ts";
import { createProvider } from "./providers.ts";
import { TestBrowser } from "./test-browser.ts";
import { type HostileProvider, hostileProvider } from "./test-hostile-provider.ts";

process.env["SSO_LOOPBACK_HTTP"] = "true";

let installation: TestInstallation;
let hostile: HostileProvider;
let provider: ProviderItem;
const email = "mallory@example.org";
beforeAll(async () => {
  installation = await testInstallation();
  await installation.addUser("superuser", { email });
});
beforeEach(async () => {
  hostile = await hostileProvider();
  await pool().query("DELETE FROM identity_providers");
  const { cookie } = await installation.login(await installation.addUser("superuser"));
  const principal = await principalOfCookie(new Headers({ cookie }));
  if (!principal) throw new Error("The superuser is not signed in");
  const { issuer, clientId, clientSecret } = hostile;
  const wish = { name: "Hostile", kind: "k1", issuer, clientId, clientSecret };
  provider = await createProvider(principal, providerWish.parse(wish));
});
afterEach(() => hostile.close());
afterAll(async () => {
  await flushAnonymousFailures();
  await installation.remove();
});

/** The button, and what the provider would send the browser back with. */
async function signIn(
  answer: { [name: string]: string } = {},
): Promise<{ reason: string; session: boolean }> {
  const browser = new TestBrowser();
  const pressed = await browser.press(provider.id);
  const { url } = (await pressed.json()) as { url: string };
  const sent = new URL(url).searchParams;
  hostile.nonce = sent.get("nonce") ?? "";
  const query = new URLSearchParams({ code: "code", state: sent.get("state") ?? "", ...answer });
  const back = await browser.ask(`/api/auth/callback/${provider.id}?${query}`);
  const location = new URL(back.headers.get("location") ?? "http://nowhere/");
  return { reason: location.searchParams.get("reason") ?? "none", session: browser.session !== undefined };
}

it("without a fault it signs in, so that what is refused below is refused for its fault", async () => {
  expect(await signIn()).toEqual({ reason: "none", session: true });
});

type Fault = [what: string, reason: RegExp, fault: (hostile: HostileProvider) => void];
const claim = (more: { [name: string]: unknown }) => (given: HostileProvider) => {
  given.token = (claims, header) => ({ claims: { ...claims, ...more }, header });
};
const minutes = (count: number) => Math.floor(Date.now() / 1000) + count * 60;
const faults: Fault[] = [
  ["another nonce", /nonce/, claim({ nonce: "another" })],
  ["no nonce", /nonce/, claim({ nonce: undefined })],
  ["another audience", /aud/, claim({ aud: "another" })],
  ["several audiences without saying for whom", /azp/, claim({ aud: ["daybook", "another"] })],
  ["another issuer", /iss/, claim({ iss: "https://login.example.org" })],
  ["a token that is over", /exp/, claim({ iat: minutes(-20), exp: minutes(-10) })],
  ["a token of the future", /not active yet/, claim({ nbf: minutes(30), exp: minutes(60) })],
  ["no subject", /sub/, claim({ sub: undefined })],
  ["an endless subject", /cannot be kept/, claim({ sub: "x".repeat(300) })],
  ["a subject with NUL", /cannot be kept/, claim({ sub: "a\0b" })],
  [
    "an unsigned token",
    /alg/,
    (given) => {
      given.signature = "none";
      given.token = (claims) => ({ claims, header: { alg: "none" } });
    },
  ],
  [
    "a token signed with the client's secret",
    /alg/,
    (given) => {
      given.signature = "by the client's secret";
      given.token = (claims, header) => ({ claims, header: { ...header, alg: "HS256" } });
    },
  ],
  ["another's signature", /signature/, (given) => Object.assign(given, { signature: "by another key" })],
  [
    "no ID token",
    /id_token/,
    (given) => {
      given.tokens = ({ id_token: _, ...answer }) => answer;
    },
  ],
  [
    "a code that is over",
    /invalid_grant/,
    (given) => {
      given.answer = (request, response) => {
        if (request.url !== "/token") return false;
        response.writeHead(400, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: "invalid_grant" }));
        return true;
      };
    },
  ],
  [
    "a token endpoint that leads on",
    /302|expected 200/,
    (given) => {
      given.answer = (request, response) => {
        if (request.url !== "/token") return false;
        response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" });
        response.end();
        return true;
      };
    },
  ],
];

it.each(faults)("%s signs nobody in", async (_, reason, fault) => {
  fault(hostile);
  expect(await signIn()).toEqual({ reason: "provider", session: false });
  const rows = await pool().query(
    `SELECT event_type AS event, initiator_type AS kind, custom_values ->> 'reason' AS reason
     FROM audit_events WHERE workflow_type = 'user:k1-login' ORDER BY seq DESC LIMIT 1`,
  );
  expect(rows.rows).toEqual([
    { event: "user:k1-login-failed", kind: "anonymous", reason: expect.stringMatching(reason) },
  ]);
});

it("another issuer's name in the answer, or another state, signs nobody in", async () => {
  expect(await signIn({ iss: "https://login.example.org" })).toEqual({ reason: "provider", session: false });
  expect(await signIn({ state: "another" })).toEqual({ reason: "provider", session: false });
});

it("of a provider that says it names itself, an answer without its name is refused", async () => {
  hostile.document = (document) => ({ ...document, authorization_response_iss_parameter_supported: true });
  expect(await signIn()).toEqual({ reason: "provider", session: false });
  expect(await signIn({ iss: hostile.issuer })).toEqual({ reason: "none", session: true });
});

it("answers that prove nothing are on record, but never more than 20", async () => {
  for (let count = 0; count < 24; count++) await signIn({ state: "another" });
  const rows = await pool().query(
    `SELECT 1 FROM audit_events WHERE workflow_type = 'user:k1-login' AND operation_status = 'failure'
       AND custom_values ->> 'identityProviderId' = $1`,
    [provider.id],
  );
  expect(rows.rowCount).toBe(20);
});

describe("the test of an issuer says what is wrong", () => {
  const probe = async (issuer = hostile.issuer) => {
    const { faults: told } = await testProvider({ issuer, signingAlgorithm: "RS256", groupsClaim: null });
    return told.join(" ");
  };

  it.each<[string, RegExp, (hostile: HostileProvider) => void]>([
    ["nothing", /^$/, () => undefined],
    [
      "another issuer",
      /names the issuer https:\/\/x\.example/,
      (given) => set(given, { issuer: "https://x.example" }),
    ],
    ["no keys", /jwks_uri/, (given) => set(given, { jwks_uri: undefined })],
    [
      "an endpoint without TLS",
      /must begin with https/,
      (given) => set(given, { token_endpoint: "http://10.1.1.1/" }),
    ],
    [
      "an endpoint inside",
      /public address/,
      (given) => set(given, { token_endpoint: "https://10.1.1.1/token" }),
    ],
    ["a file", /must begin with https/, (given) => set(given, { jwks_uri: "file:///etc/passwd" })],
    [
      "the cloud's secrets",
      /public address/,
      (given) => set(given, { jwks_uri: "https://169.254.169.254/" }),
    ],
    [
      "another algorithm",
      /RS256/,
      (given) => set(given, { id_token_signing_alg_values_supported: ["ES256"] }),
    ],
    ["no PKCE", /PKCE/, (given) => set(given, { code_challenge_methods_supported: ["plain"] })],
    ["no code flow", /code/, (given) => set(given, { response_types_supported: ["id_token"] })],
    [
      "no secrets",
      /client secret/,
      (given) => set(given, { token_endpoint_auth_methods_supported: ["private_key_jwt"] }),
    ],
    ["a redirect", /redirect/, (given) => reply(given, 302, "", { location: "http://127.0.0.1:1/" })],
    ["a fault", /status 500/, (given) => reply(given, 500, "")],
    ["a page", /not JSON/, (given) => reply(given, 200, "<html>")],
    ["far too much", /more than 1048576 bytes/, (given) => reply(given, 200, "x".repeat(3_000_000))],
  ])("%s", async (_, expected, fault) => {
    fault(hostile);
    expect(await probe()).toMatch(expected);
  });

  it("nothing is asked where nothing may be", async () => {
    for (const issuer of [
      "not a url",
      "ftp://login.example.org",
      "http://login.example.org",
      "http://10.0.0.1",
      "https://user:pass@login.example.org",
      "https://login.example.org/?a=b",
      "https://login.example.org/#a",
      "https://169.254.169.254",
      "https://[fe80::1]",
      "https://0.0.0.0",
    ])
      expect(issuerFault(issuer), issuer).toBeDefined();
    for (const issuer of [
      "https://login.example.org/tenant/v2.0",
      "https://10.0.0.1",
      "https://[fd00::1]:8443",
    ])
      expect(issuerFault(issuer), issuer).toBeUndefined();
    expect(await probe("https://127.0.0.1:1")).toMatch(/ECONNREFUSED/);
  });

  function set(given: HostileProvider, more: { [name: string]: unknown }): void {
    given.document = (document) => ({ ...document, ...more });
  }

  function reply(
    given: HostileProvider,
    status: number,
    body: string,
    headers: { [name: string]: string } = {},
  ): void {
    given.answer = (_, response) => {
      response.writeHead(status, headers);
      response.end(body);
      return true;
    };
  }
});
