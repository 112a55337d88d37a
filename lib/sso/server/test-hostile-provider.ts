import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

type Json = { [name: string]: unknown };

/** A provider that says what a test makes it say. */
export type HostileProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Changes the discovery document. */
  document: (document: Json) => Json;
  /** Changes claims and header of the ID token before it is signed. */
  token: (claims: Json, header: Json) => { claims: Json; header: Json };
  /** Another signature than the right one. */
  signature: "right" | "none" | "by the client's secret" | "by another key";
  /** What else the token endpoint answers. */
  tokens: (answer: Json) => Json;
  /** Answers a path in its own way; true when it did. */
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  /** The nonce of the authorization request, as the person's browser would bring it. */
  nonce: string;
  close: () => Promise<void>;
};

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64url");

export async function hostileProvider(): Promise<HostileProvider> {
  const server = http.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const others = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const hostile: HostileProvider = {
    issuer,
    clientId: "daybook",
    clientSecret: "a client's secret of the tests",
    document: (document) => document,
    token: (claims, header) => ({ claims, header }),
    signature: "right",
    tokens: (answer) => answer,
    answer: () => false,
    nonce: "",
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const signed = (input: string): string => {
    if (hostile.signature === "none") return "";
    if (hostile.signature === "by the client's secret")
      return base64(createHmac("sha256", hostile.clientSecret).update(input).digest());
    const { privateKey } = hostile.signature === "right" ? keys : others;
    return base64(sign("sha256", Buffer.from(input), privateKey));
  };
  const idToken = (): string => {
    const now = Math.floor(Date.now() / 1000);
    const { claims, header } = hostile.token(
      {
        iss: issuer,
        sub: "mallory",
        aud: hostile.clientId,
        iat: now,
        exp: now + 300,
        nonce: hostile.nonce,
        email: "mallory@example.org",
        email_verified: true,
      },
      { alg: "RS256", kid: "key", typ: "JWT" },
    );
    const input = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`;
    return `${input}.${signed(input)}`;
  };
  server.on("request", (request, response) => {
    if (hostile.answer(request, response)) return;
    const json = (body: unknown) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(body));
    };
    if (request.url === "/.well-known/openid-configuration") {
      return json(
        hostile.document({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ["code"],
          id_token_signing_alg_values_supported: ["RS256"],
        }),
      );
    }
    if (request.url === "/keys")
      return json({ keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "key", use: "sig" }] });
    if (request.url === "/token") {
      request.resume();
      return json(hostile.tokens({ access_token: randomUUID(), token_type: "Bearer", id_token: idToken() }));
    }
    response.statusCode = 404;
    response.end();
  });
  return hostile;
}
