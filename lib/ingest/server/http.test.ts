import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { handleIngest } from "./http.ts";
import { lines, type TestSource, testSource } from "./test-source.ts";

const kibibyte = 1024;
// Small enough that a test reaches them.
vi.mock("../limits.ts", async (original) => {
  const { ingestLimits } = await original<typeof import("../limits.ts")>();
  const small = { body: 3 * 1024 ** 2, inflated: 3 * 1024 ** 2, held: 4 * 1024 ** 2 };
  return { ingestLimits: { ...ingestLimits, ...small } };
});

let installation: TestInstallation;
let native: TestSource;
let port: number;
let connection: net.Socket | undefined;
const server = http.createServer((request, response) => {
  connection = request.socket;
  void handleIngest(request, response, { requestId: "request-1", address: "192.0.2.1" });
});
beforeAll(async () => {
  installation = await testInstallation();
  native = await testSource(installation.organizationId, "native");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await installation.remove();
});

let made = 0;
const records = (count: number, size = 10) =>
  lines(
    Array.from({ length: count }, () => ({
      log: "commands",
      id: `http-${++made}`,
      time: "2026-11-20T10:00:00Z",
      user: "ann",
      target: "web-1",
      command: "x".repeat(size),
    })),
  );

const post = (body: string | Uint8Array<ArrayBuffer>, headers: { [name: string]: string } = {}) =>
  fetch(`http://127.0.0.1:${port}/api/v1/ingest/native`, {
    method: "POST",
    headers: { authorization: `Bearer ${native.token}`, ...headers },
    body,
  });
const gzipped = (body: Uint8Array<ArrayBuffer>) => post(body, { "content-encoding": "gzip" });
const gzip = (text: string) => new Uint8Array(gzipSync(text));

/** A post that was read as far as it came, and has said that there is more. */
async function unfinishedPost(body: string): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `POST /api/v1/ingest/native HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${native.token}\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}`,
  );
  await vi.waitFor(
    () => {
      expect(connection?.remotePort).toBe(socket.localPort);
      expect(connection?.bytesRead).toBeGreaterThan(body.length);
    },
    { timeout: 40_000 },
  );
  return socket;
}

const storedCommands = async () =>
  (await pool().query("SELECT FROM commands WHERE source_id = $1", [native.id])).rowCount ?? 0;

describe("a body that ends within a record", () => {
  it("is refused and stores nothing, although all of its bytes came", async () => {
    const before = await storedCommands();
    const whole = records(3).trimEnd();
    for (const answer of [await post(whole.slice(0, -1)), await gzipped(gzip(whole.slice(0, -20)))]) {
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        detail: expect.stringMatching(/^The body is cut off: .* Nothing of the body was stored\.$/),
      });
    }
    expect(await storedCommands()).toBe(before);
    expect((await post(whole)).status).toBe(200);
    expect(await storedCommands()).toBe(before + 3);
  });
});

describe("a gzipped post", () => {
  it("is stored, in one piece or several, and is refused when it is cut", async () => {
    expect(await (await gzipped(gzip(records(2)))).json()).toMatchObject({ accepted: 2 });
    // `cat a.gz b.gz`: the length at the end is the second one's alone.
    const pieces = new Uint8Array(Buffer.concat([gzip(records(300)), gzip(records(1))]));
    expect(await (await gzipped(pieces)).json()).toMatchObject({ accepted: 301 });
    const before = await storedCommands();
    for (const cut of [1, 9, 200, gzip(records(300)).length >> 1])
      expect((await gzipped(gzip(records(300)).slice(0, -cut))).status).toBe(400);
    for (const broken of ["", "no gzip"])
      expect((await gzipped(new Uint8Array(Buffer.from(broken)))).status).toBe(400);
    expect(await storedCommands()).toBe(before);
  });

  it("that inflates beyond the limit is refused, whatever length it claims", async () => {
    const bomb = gzip("x".repeat(5 * 1024 ** 2));
    expect((await gzipped(bomb)).status).toBe(413);
    new DataView(bomb.buffer).setUint32(bomb.length - 4, 7, true);
    expect((await gzipped(bomb)).status).toBe(413);
  });
});

describe("posts that are too much together", () => {
  it("count with what their records become, however short they are", async () => {
    const refused = await post(records(4000));
    expect(refused.status).toBe(429);
    expect((await post(records(3000))).status).toBe(200);
  });

  it("are told to come back, from the first byte on, and let the next ones in when they have gone", async () => {
    const large = () => records(25, 100 * kibibyte);
    const unfinished = await unfinishedPost(large());
    const refused = await post(large());
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("2");
    unfinished.destroy();
    await vi.waitFor(async () => expect((await post(large())).status).toBe(200), { timeout: 40_000 });
    expect((await post(large())).status).toBe(200);
  });
});
