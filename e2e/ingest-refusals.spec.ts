import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { APIRequestContext } from "@playwright/test";
import { type Answer, bearer, curl } from "./curl.ts";
import { test as base, expect } from "./fixtures.ts";
import { apiOf, makeSource } from "./own-daybook.ts";

type Fixtures = { api: APIRequestContext; token: string; folder: string };

const test = base.extend<object, Fixtures>({
  api: [
    async ({ daybook }, use) => use(await apiOf(daybook.url, daybook.sessions.admin)),
    { scope: "worker" },
  ],
  token: [async ({ api }, use) => use((await makeSource(api, "native")).token), { scope: "worker" }],
  folder: [
    async ({ playwright: _ }, use) => {
      const folder = mkdtempSync(path.join(os.tmpdir(), "daybook-bodies-"));
      await use(folder);
      rmSync(folder, { recursive: true });
    },
    { scope: "worker" },
  ],
});

/** Of this attempt at the tests: what an earlier one stored is not counted. */
const attempt = crypto.randomUUID().slice(0, 8);

/** A command in Daybook's own format. @param user is asked for to see what was stored */
const command = (user: string, id: string, text = "uptime"): string =>
  `${JSON.stringify({ log: "commands", id: `${user} ${id}`, time: "2026-11-20T10:00:00Z", user: `${user} ${attempt}`, target: "web-1", command: text })}\n`;

async function stored(api: APIRequestContext, user: string): Promise<number> {
  const answer = await api.get("/api/v1/logs/commands", {
    params: { user: `${user} ${attempt}`, limit: "200" },
  });
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as { rows: unknown[] }).rows.length;
}

test("gzip is taken, other encodings are not", async ({ daybook, api, token, folder }) => {
  const url = `${daybook.url}/api/v1/ingest/native`;
  const body = path.join(folder, "packed");
  writeFileSync(body, gzipSync(command("packed", "1") + command("packed", "2")));
  const post = (encoding: string): Promise<Answer> =>
    curl(...bearer(token), "-H", `Content-Encoding: ${encoding}`, "--data-binary", `@${body}`, url);
  expect((await post("gzip")).body).toMatchObject({ accepted: 2 });
  for (const encoding of ["br", "deflate", "zstd", "gzip, br"]) {
    const refused = await post(encoding);
    expect(refused.status, encoding).toBe(415);
    expect(refused.headers).toMatchObject({ "accept-encoding": "gzip, identity" });
  }
  writeFileSync(body, gzipSync(command("packed", "3")).subarray(0, -4));
  expect(await post("gzip")).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("not whole gzip") },
  });
  writeFileSync(body, "no gzip");
  expect((await post("gzip")).status).toBe(400);
  expect(await stored(api, "packed")).toBe(2);
});

test("who may not, what is not there, and what is too large is said", async ({
  daybook,
  api,
  token,
  folder,
}) => {
  const ingest = `${daybook.url}/api/v1/ingest`;
  const body = ["--data-binary", command("nobody", "1")];
  const status = async (...args: string[]): Promise<number> => (await curl(...args)).status;
  expect(await curl(...body, `${ingest}/native`)).toMatchObject({
    status: 401,
    headers: { "www-authenticate": expect.stringContaining("Bearer") },
  });
  expect(await status(...bearer(`dbs_${"x".repeat(38)}`), ...body, `${ingest}/native`)).toBe(401);
  expect(await status(...bearer(token), ...body, `${ingest}/sshd`)).toBe(403);
  expect(await status(...bearer(token), ...body, `${ingest}/native/${crypto.randomUUID()}`)).toBe(403);
  expect(await status(...bearer(token), ...body, `${ingest}/telnet`)).toBe(404);
  expect(await curl(...bearer(token), `${ingest}/native`)).toMatchObject({
    status: 405,
    headers: { allow: "POST" },
  });
  expect(await status("-X", "PUT", ...bearer(token), ...body, `${ingest}/native`)).toBe(405);

  const large = path.join(folder, "large");
  writeFileSync(large, Buffer.alloc(65 * 1024 ** 2, "x"));
  const post = ["-H", "Content-Type: application/x-ndjson", "--data-binary", `@${large}`, `${ingest}/native`];
  expect(await status(...bearer(token), ...post)).toBe(413);
  // Told before it was sent, and while it is sent without having said how long it is.
  expect(await status(...bearer(token), "-H", "Expect:", ...post)).toBe(413);
  expect(await status(...bearer(token), "-H", "Transfer-Encoding: chunked", ...post)).toBe(413);
  expect(await status(...post)).toBe(401);
  expect(await stored(api, "nobody")).toBe(0);
});

test("JSON that is deeply nested is held back or refused, and harms nobody", async ({
  daybook,
  api,
  token,
  folder,
}) => {
  const body = path.join(folder, "deep");
  writeFileSync(body, `${"[".repeat(2_000_000)}\n${command("shallow", "1")}`);
  const native = await curl(
    ...bearer(token),
    "--data-binary",
    `@${body}`,
    `${daybook.url}/api/v1/ingest/native`,
  );
  expect(native).toMatchObject({ status: 200, body: { accepted: 1, quarantined: 1 } });
  const cluster = await makeSource(api, "kubernetes-audit");
  const event = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"requestObject":${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}}]}`;
  for (const text of ["[".repeat(2_000_000), event]) {
    writeFileSync(body, text);
    const url = `${daybook.url}/api/v1/ingest/kubernetes-audit/${cluster.id}?timeout=30s`;
    const answer = await curl(...bearer(cluster.token), "--data-binary", `@${body}`, url);
    expect([200, 400]).toContain(answer.status);
    expect(answer.body["accepted"] ?? 0).toBe(0);
  }
  expect(await stored(api, "shallow")).toBe(1);
});

/** A post as its bytes. */
function requestOf(token: string, headers: readonly string[], body: string): string {
  const lines = ["POST /api/v1/ingest/native HTTP/1.1", "Host: localhost", `Authorization: Bearer ${token}`];
  return `${[...lines, ...headers].join("\r\n")}\r\n\r\n${body}`;
}

const connect = (url: string): net.Socket =>
  net.connect({ port: Number(new URL(url).port), host: "localhost", allowHalfOpen: true });

/** Sends bytes. @param end how their sender leaves: no more comes, or it is gone @returns what was answered */
function send(url: string, bytes: string, end: "half-closed" | "gone"): Promise<string> {
  const socket = connect(url);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  socket.write(bytes, () => (end === "gone" ? socket.destroy() : socket.end()));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => resolve(answer));
  });
}

test("a truncated body stores nothing", async ({ daybook: { url }, api, token }) => {
  const body = command("truncated", "1") + command("truncated", "2");
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
  for (const bytes of [
    requestOf(token, [`Content-Length: ${body.length + 100}`], body),
    requestOf(token, ["Transfer-Encoding: chunked"], chunk),
    requestOf(token, [`Content-Length: ${body.length - 5}`], body.slice(0, -5)),
  ]) {
    expect(await send(url, bytes, "half-closed")).toMatch(/^HTTP\/1\.1 400 /);
    await send(url, bytes, "gone");
  }
  // What comes after them is stored, and by then still nothing of them.
  const whole = ["-H", "Transfer-Encoding: chunked", "--data-binary", command("whole", "1")];
  expect((await curl(...bearer(token), ...whole, `${url}/api/v1/ingest/native`)).body).toMatchObject({
    accepted: 1,
  });
  expect(await stored(api, "whole")).toBe(1);
  expect(await stored(api, "truncated")).toBe(0);
});

test("a whole post is answered although its sender ends its side behind it", async ({
  daybook: { url },
  api,
  token,
}) => {
  const body = command("half-closed", "1");
  const bytes = requestOf(token, [`Content-Length: ${body.length}`], body);
  const answer = await send(url, bytes, "half-closed");
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"accepted":1');
  expect(await stored(api, "half-closed")).toBe(1);
});

test("a post whose answer was lost is sent again and stored once", async ({
  daybook: { url },
  api,
  token,
}) => {
  const lines = command("unanswered", "").replace('"id":"unanswered ",', "").repeat(3);
  const socket = connect(url);
  socket.pause().write(requestOf(token, ["Idempotency-Key: lost", `Content-Length: ${lines.length}`], lines));
  await expect.poll(() => stored(api, "unanswered")).toBe(3);
  socket.destroy();
  const again = ["-H", "Idempotency-Key: lost", "--data-binary", lines, `${url}/api/v1/ingest/native`];
  expect((await curl(...bearer(token), ...again)).body).toMatchObject({ accepted: 0, duplicates: 3 });
  expect(await stored(api, "unanswered")).toBe(3);
});
