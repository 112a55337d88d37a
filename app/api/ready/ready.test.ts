import net from "node:net";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestInstallation } from "@/lib/auth/server/test-installation.ts";
import { GET as getHealth } from "../health/route.ts";

// Modules remember the environment and the last answer: each test has modules of its own.
let get: (request: Request) => Promise<Response>;
let client: typeof import("@/lib/db/client.ts");
let installation: TestInstallation;
beforeEach(async () => {
  await freshModules();
  const { testInstallation } = await import("@/lib/auth/server/test-installation.ts");
  installation = await testInstallation();
});
afterEach(() => installation.remove());

async function freshModules(): Promise<void> {
  vi.resetModules();
  client = await import("@/lib/db/client.ts");
  ({ GET: get } = await import("./route.ts"));
}

async function useDatabase(url: string): Promise<void> {
  await client.disconnect();
  process.env["DATABASE_URL"] = url;
  await freshModules();
}

const ask = async () => {
  const response = await get(new Request("http://localhost:3000/api/ready"));
  return { status: response.status, text: await response.text() };
};

describe("readiness", () => {
  it("is given when the database has the schema of this version", async () => {
    expect(await ask()).toEqual({ status: 200, text: '{"status":"ready","recordings":"up"}' });
  });

  it("is refused when a migration is missing", async () => {
    const owner = new pg.Client({ connectionString: installation.ownerUrl });
    await owner.connect();
    await owner.query("ALTER TABLE connections DROP COLUMN place");
    await owner.end();
    const { status, text } = await ask();
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      status: 503,
      detail: expect.stringMatching(/migrations are missing/),
    });
  });

  it("is refused when the database is away, without saying where it was looked for", async () => {
    const url = new URL(process.env["DATABASE_URL"] ?? "");
    await useDatabase(`postgresql://daybook_app:hush@127.0.0.1:1/${url.pathname.slice(1)}`);
    const { status, text } = await ask();
    expect(status).toBe(503);
    expect(text).not.toMatch(/hush|127\.0\.0\.1|daybook_app|ECONNREFUSED/);
  });

  it("is refused after two seconds when the database takes the connection and says nothing", async () => {
    const sockets: net.Socket[] = [];
    const silent = net.createServer((socket) => sockets.push(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as net.AddressInfo;
    await useDatabase(`postgresql://daybook_app:hush@127.0.0.1:${port}/daybook`);
    const started = performance.now();
    const { status, text } = await ask();
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ detail: "The database did not answer within 2 seconds." });
    expect(performance.now() - started).toBeLessThan(15_000);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it("looks once for probes at once, and health looks not at all", async () => {
    const query = vi.spyOn(client.pool(), "query");
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(query).toHaveBeenCalledTimes(1);
    expect(getHealth().status).toBe(200);
    expect(query).toHaveBeenCalledTimes(1);
  });

  it("writes no user events", async () => {
    await ask();
    expect((await client.pool().query("SELECT FROM user_events")).rowCount).toBe(0);
  });
});
