import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { flushAnonymousFailures } from "./anonymous.ts";
import { answerApi } from "./refuse-api.ts";

let installation: TestInstallation;
let requests = 0;
// What Next would be asked.
const server = http.createServer((request, response) => {
  const context = { requestId: `refused-${++requests}`, address: "192.0.2.9", stopping: never };
  const pass = async () => void response.writeHead(204).end();
  void answerApi(request, response, { ...context, pass, outliveRequest: () => undefined });
});
const never = new AbortController().signal;

beforeAll(async () => {
  installation = await testInstallation();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await flushAnonymousFailures();
  await installation.remove();
});

/** `fetch` would tidy the path. */
async function ask(method: string, path: string, headers: http.OutgoingHttpHeaders = {}, body?: string) {
  const { port } = server.address() as AddressInfo;
  const length = body === undefined ? {} : { "content-length": body.length };
  const request = http.request({ host: "127.0.0.1", port, method, path, headers: { ...headers, ...length } });
  request.end(body);
  const [answer] = (await once(request, "response")) as [http.IncomingMessage];
  let text = "";
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, headers: answer.headers, text };
}

describe("requests of the API", () => {
  it.each([
    ["GET", "/api/v1/me"],
    ["HEAD", "/api/v1/me"],
    ["OPTIONS", "/api/v1/me"],
    ["GET", "/api/v1/me?x=1"],
    ["GET", "/api/v1/logs/commands/rows/2026~1"],
    ["GET", "/api/v1/sources/live"],
    ["PATCH", "/api/v1/sources/3"],
    ["POST", "/api/auth/callback/credentials"],
    ["GET", "/api/v1/me/"],
    ["GET", "/api//v1/me"],
  ])("%s %s is Next's to answer", async (method, path) => {
    expect((await ask(method, path)).status).toBe(204);
  });

  it.each([
    "/api",
    "/api/nothing",
    "/api/v1",
    "/api/v1/logs",
    "/api/v1/logs/commands/nothing",
    "/api/v1/me.json",
  ])("%s is a problem document that says there is nothing", async (path) => {
    const { status, headers, text } = await ask("GET", path);
    expect(status).toBe(404);
    expect(headers["content-type"]).toBe("application/problem+json");
    const requestId = `refused-${requests}`;
    expect(JSON.parse(text)).toMatchObject({ status: 404, title: "Not Found", requestId });
  });

  it.each([
    ["PUT", "/api/v1/me", "GET, HEAD"],
    ["POST", "/api/v1/logs/commands", "GET, HEAD"],
    ["DELETE", "/api/v1/sources", "GET, HEAD, POST"],
    ["GET", "/api/v1/saved-views/3", "DELETE"],
    ["GET", "/api/auth/sign-out", "POST"],
    ["DELETE", "/api/v1/sources/live", "GET, HEAD"],
    ["TRACE", "/api/health", "GET, HEAD"],
  ])("%s %s is refused with the methods that there are", async (method, path, allow) => {
    const { status, headers, text } = await ask(method, path, {}, "x".repeat(100_000));
    expect(status).toBe(405);
    expect(headers.allow).toBe(allow);
    expect(JSON.parse(text).detail).toBe(`This path takes ${allow}, not ${method}.`);
  });

  it("a path that is no text is a bad request", async () => {
    const { status, text } = await ask("GET", "/api/v1/logs/%E0%A4%A");
    expect(status).toBe(400);
    expect(JSON.parse(text).errors).toEqual([{ parameter: "path", reason: "is not percent-encoded UTF-8" }]);
  });

  it("the head alone has no body", async () => {
    expect(await ask("HEAD", "/api/nothing")).toMatchObject({ status: 404, text: "" });
  });

  it("is recorded of whoever is known, and summed of strangers", async () => {
    const member = await installation.addUser("member");
    const { cookie } = await installation.login(member);
    await ask("GET", "/api/nothing?at=all", { cookie });
    await ask("PUT", "/api/v1/tokens", { authorization: "Bearer nonsense" });
    await flushAnonymousFailures();
    const events = await pool().query(
      `SELECT user_name, action, resource, outcome, status FROM user_events
       WHERE organization_id = $1 AND status IN (404, 405) AND resource IN ('/api/nothing?at=all', '/api/v1/tokens')
       ORDER BY status`,
      [installation.organizationId],
    );
    expect(events.rows).toEqual([
      {
        user_name: member.email,
        action: "api.unknown-path",
        resource: "/api/nothing?at=all",
        outcome: "failure",
        status: 404,
      },
      {
        user_name: "anonymous",
        action: "api.wrong-method",
        resource: "/api/v1/tokens",
        outcome: "failure",
        status: 405,
      },
    ]);
  });
});
