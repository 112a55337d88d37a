import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration, type JWK } from "oidc-provider";

/** Somebody at the provider, by the name they log in with there. */
export type TestPerson = { email?: string; email_verified?: boolean; name?: string; groups?: string[] };

export type TestProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  people: { [login: string]: TestPerson };
  /** Who is logged in by the next visit, without a page in between; undefined shows the provider's own log-in page. */
  next: { login?: string };
  close: () => Promise<void>;
};

/**
 * Starts a real identity provider on this machine, with one client.
 * @param redirectUris where it may send people back to
 */
export async function testProvider(redirectUris: () => string[]): Promise<TestProvider> {
  const server = http.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people: TestProvider["people"] = {};
  const next: TestProvider["next"] = {};
  const client = { clientId: "daybook", clientSecret: "a client's secret of the tests" };
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const configuration: Configuration = {
    jwks: {
      keys: [{ ...(privateKey.export({ format: "jwk" }) as JWK), use: "sig", alg: "RS256", kid: "test" }],
    },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    scopes: ["openid", "email", "profile", "groups"],
    cookies: { keys: ["a key of the tests"] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_, login) => {
      const person = people[login];
      return person && { accountId: login, claims: () => ({ sub: login, ...person }) };
    },
  };
  configuration.clients = [
    {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: ["http://localhost/replaced"],
      post_logout_redirect_uris: ["http://localhost:3000/sign-in"],
    },
  ];
  const provider = new Provider(issuer, configuration);
  // Where it leads back to holds the id of a provider in Daybook, which there is only when this one runs.
  const findClient = provider.Client.find.bind(provider.Client);
  provider.Client.find = async (id) => {
    const found = await findClient(id);
    if (found) Object.assign(found, { redirectUris: redirectUris() });
    return found;
  };
  const answer = provider.callback();
  server.on("request", (request, response) => {
    const login = next.login;
    const shown = request.method === "GET" && /^\/interaction\/[^/]+$/.test(request.url ?? "");
    if (shown && login !== undefined) void logIn(provider, request, response, login);
    else void answer(request, response);
  });
  return {
    issuer,
    ...client,
    people,
    next,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Ends the provider's log-in and its question for consent as the person would. */
async function logIn(
  provider: Provider,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  accountId: string,
): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name === "login") {
    await provider.interactionFinished(request, response, { login: { accountId } });
    return;
  }
  const grant = new provider.Grant({ accountId, clientId: String(details.params["client_id"]) });
  grant.addOIDCScope("openid email profile groups");
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}
