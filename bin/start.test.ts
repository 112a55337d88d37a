import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "@/bin/postgres-port.mjs";
import { root } from "@/bin/prepare.mjs";
import { processIdentity } from "@/bin/processes.mjs";

// The whole of `npm start` on a project that is the real one but for Next, the schema and the first run.
let project: string;
let port: number;
const started: Run[] = [];

interface Run {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

beforeAll(async () => {
  project = mkdtempSync(path.join(os.tmpdir(), "daybook-start-"));
  chmodSync(project, 0o711);
  port = await freePort();
  cpSync(path.join(root, "bin"), path.join(project, "bin"), { recursive: true });
  for (const file of ["package.json", "package-lock.json", "tsconfig.json"]) {
    cpSync(path.join(root, file), path.join(project, file));
  }
  for (const folder of ["lib/metrics", "lib/http"]) {
    cpSync(path.join(root, folder), path.join(project, folder), { recursive: true });
  }
  linkModules();
  write("prisma/config.ts", readFileSync(path.join(root, "prisma/config.ts"), "utf8"));
  write("prisma/schema.prisma", schema);
  write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n');
  write("prisma/migrations/20260101000000_notes/migration.sql", migration);
  write("lib/setup/server/first-run.ts", firstRun);
  write("lib/setup/server/samples.ts", "export const loadSamples = async () => 0;");
});

afterAll(async () => {
  for (const run of started) if (run.child.exitCode === null && !run.child.signalCode) await stop(run);
  rmSync(project, { recursive: true });
});

test("starts, refuses a second start, comes back after kill -9, and stops cleanly", async () => {
  const first = await startAndWait();
  expect(first.output().match(/password {2}secret-of-first-run/g)).toHaveLength(1);
  await checkAnswers();

  const second = start();
  expect(await second.ended).not.toBe(0);
  expect(second.output()).toContain("is in use by another Daybook");
  expect(await answer("/page")).toBe(200);

  const orphan = postmaster();
  first.child.kill("SIGKILL");
  await first.ended;
  expect(processIdentity(orphan)).not.toBeNull();

  const third = await startAndWait();
  expect(processIdentity(orphan)).toBeNull();
  expect(third.output()).not.toMatch(/password|Installing|Generating|Building/);
  const database = postmaster();
  const live = await fetch(`http://127.0.0.1:${port}/raw/stream`);
  third.child.kill("SIGINT");
  third.child.kill("SIGINT");
  expect(await live.text()).toBe("data: 1\n\n");
  expect(await third.ended).toBe(0);
  expect(processIdentity(database)).toBeNull();
  expect(existsSync(path.join(project, "data/daybook.lock"))).toBe(false);
});

test("a note of a process that is another program's by now does not keep the database from starting", async () => {
  // As after the restart of a container: the lock and the database's note name processes that run, not ours.
  const note = `${process.pid}\n${path.join(project, "data/postgres")}\n1\n1\n\n127.0.0.1\n\n`;
  writeFileSync(path.join(project, "data/postgres/postmaster.pid"), note);
  writeFileSync(
    path.join(project, "data/daybook.lock"),
    JSON.stringify({ pid: process.pid, identity: "before" }),
  );
  await stop(await startAndWait());
});

test("each thing that stands in the way is one line and a non-zero exit", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: "http" }, /^PORT must be a whole number/m],
    [{ TLS_CERT: "/none", TLS_KEY: "/none" }, /^TLS_CERT: there is no file \/none\.$/m],
    [{ HOST: "203.0.113.1" }, /^HOST 203\.0\.113\.1 is not an address of this machine\.$/m],
    [{ DATABASE_URL: "postgresql://a:b@127.0.0.1:1/c" }, /^The database at 127\.0\.0\.1:1 is unreachable/m],
    [{ DATA_DIR: "package.json" }, /^DATA_DIR \(.*package\.json\) must be a folder, and is a file\.$/m],
  ];
  for (const [environment, line] of cases) {
    const run = start(environment);
    expect(await run.ended).not.toBe(0);
    expect(run.output()).toMatch(line);
    expect(run.output()).not.toContain("    at ");
  }
});

function start(environment: Record<string, string> = {}): Run {
  const { PATH = "" } = process.env;
  const env = { PATH, NODE_ENV: "production" as const, PORT: String(port), ...environment };
  const child = spawn(process.execPath, ["bin/start.mjs"], { cwd: project, env, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  const run = { child, output: () => output, ended };
  started.push(run);
  return run;
}

async function startAndWait(): Promise<Run> {
  const run = start();
  while (!run.output().includes("Daybook runs on")) {
    const more = await Promise.race([
      once(run.child.stdout ?? run.child, "data"),
      run.ended.then(() => null),
    ]);
    if (more === null) throw new Error(`The start ended:\n${run.output()}`);
  }
  return run;
}

async function stop(run: Run): Promise<void> {
  run.child.kill("SIGTERM");
  expect(await run.ended).toBe(0);
}

/** A page gets the nonce of its policy, a raw route what the server knows; neither what the client made up. */
async function checkAnswers(): Promise<void> {
  const headers = {
    "x-daybook-address": "made up",
    "x-forwarded-for": "192.0.2.1",
    "x-request-id": "of-the-client",
  };
  const page = await fetch(`http://127.0.0.1:${port}/page?q=1`, { headers });
  const seen = await page.json();
  expect(page.headers.get("content-security-policy")).toBe(seen["content-security-policy"]);
  expect(seen["content-security-policy"]).toContain(`script-src 'self' 'nonce-${seen["x-nonce"]}'`);
  expect(page.headers.get("cache-control")).toBe("private, no-store");
  expect(page.headers.get("x-frame-options")).toBe("DENY");
  expect(page.headers.get("strict-transport-security")).toBeNull();
  expect(page.headers.get("x-request-id")).toBe(seen["x-daybook-request-id"]);
  expect(seen["x-daybook-path"]).toBe("/page?q=1");

  const raw = await fetch(`http://127.0.0.1:${port}/raw/anything`, { headers });
  const requestId = raw.headers.get("x-request-id");
  expect(await raw.json()).toEqual({
    url: "/raw/anything",
    requestId,
    address: "127.0.0.1",
    header: "127.0.0.1",
  });
}

async function answer(pathname: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}${pathname}`)).status;
}

function postmaster(): number {
  return Number(readFileSync(path.join(project, "data/postgres/postmaster.pid"), "utf8").split("\n", 1)[0]);
}

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  writeFileSync(path.join(project, file), content);
}

function linkModules(): void {
  const modules = path.join(root, "node_modules");
  mkdirSync(path.join(project, "node_modules"));
  for (const name of readdirSync(modules)) {
    if (name !== "next") symlinkSync(path.join(modules, name), path.join(project, "node_modules", name));
  }
  rmSync(path.join(project, "node_modules/.daybook-install"), { force: true });
  write("node_modules/next/package.json", '{ "name": "next", "type": "module", "exports": "./server.js" }');
  write("node_modules/next/server.js", nextServer);
  write(
    "node_modules/next/dist/bin/next",
    'import fs from "node:fs"; fs.mkdirSync(".next", { recursive: true });',
  );
}

const schema = `
datasource db {
  provider = "postgresql"
}

generator client {
  provider = "prisma-client"
  output   = "../lib/generated/prisma"
}

model Note {
  id Int @id

  @@map("notes")
}
`;

const migration = `
CREATE TABLE "notes" ("id" INTEGER NOT NULL, CONSTRAINT "notes_pkey" PRIMARY KEY ("id"));
CREATE FUNCTION first_note() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 1; END $$;
GRANT SELECT, INSERT ON "notes" TO daybook_app;
`;

const firstRun = `
import "server-only";
import pg from "pg";

export async function firstRun() {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const { rowCount } = await client.query("INSERT INTO notes VALUES (1) ON CONFLICT DO NOTHING");
  await client.end();
  console.log("A line of the log.");
  const account = { organization: "First", email: "a@example.com", password: "secret-of-first-run" };
  return { created: rowCount === 1, accounts: rowCount ? [account] : [], sampleRecords: 0 };
}
`;

const nextServer = `
async function prepare() {
  const raw = ({ url, headers }, response, { requestId, address }) => {
    if (url === "/raw/stream") response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\\n\\n");
    else response.end(JSON.stringify({ url, requestId, address, header: headers["x-daybook-address"] }));
  };
  globalThis[Symbol.for("daybook.nodeRoutes")] = new Map([["/raw", raw]]);
}

export default function next() {
  return {
    async prepare() {},
    server: { getServer: async () => ({ prepare }) },
    getRequestHandler: () => async (request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(JSON.stringify(request.headers));
    },
    async close() {},
  };
}
`;
