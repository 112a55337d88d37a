import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type APIRequestContext, request } from "@playwright/test";
import { root } from "@/bin/prepare.mjs";
import type { Installation } from "./installation.ts";

/** A Daybook that a test has to itself: to kill it, to count its memory, to read its database, or for HTTPS. */
export type OwnDaybook = {
  url: string;
  /** What the test made; the installation outlives a process that is killed. */
  place: Place;
  child: ChildProcess;
  pid: number;
  /** All that it printed so far. */
  output: () => string;
  /** Resolves with the exit code, or null when a signal ended it. */
  ended: Promise<number | null>;
  /** Ends it as Ctrl-C does. */
  stop: () => Promise<void>;
};

/** Where an installation keeps its data, and how it is reached. */
export type Place = { folder: string; port: number; env: { [name: string]: string } };

/** A data folder that the database's own user may enter. @param env settings of `npm start` */
export function newPlace(port: number, env: Place["env"] = {}): Place {
  const folder = mkdtempSync(path.join(os.tmpdir(), "daybook-own-"));
  chmodSync(folder, 0o711);
  return { folder, port, env };
}

/** Throws away what an installation kept; its processes have ended. */
export function removePlace({ folder }: Place): void {
  rmSync(folder, { recursive: true, force: true });
}

/** `npm start`, until it serves. @throws Error with what it printed, when it ends before */
export async function startDaybook(place: Place): Promise<OwnDaybook> {
  const { PUBLIC_URL: _url, DATABASE_URL: _database, DATABASE_OWNER_URL: _owner, ...inherited } = process.env;
  const child = spawn(process.execPath, [path.join(root, "bin/start.mjs")], {
    cwd: root,
    env: {
      ...inherited,
      LOG_LEVEL: "error",
      LOG_FORMAT: "text",
      SSO_LOOPBACK_HTTP: "true",
      DATA_DIR: place.folder,
      PORT: String(place.port),
      ...place.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stopWithUs = (): void => void child.kill("SIGTERM");
  process.once("exit", stopWithUs);
  let output = "";
  const ended = new Promise<number | null>((resolve) =>
    child.once("close", (code) => {
      process.off("exit", stopWithUs);
      resolve(code);
    }),
  );
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("Daybook runs on")) resolve();
      });
    }
    child.once("error", reject);
    void ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
  return {
    url: `${place.env["TLS_CERT"] === undefined ? "http" : "https"}://localhost:${place.port}`,
    place,
    child,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    stop: async () => {
      child.kill("SIGINT");
      await ended;
    },
  };
}

/** The superusers that a first start made, each with a session. */
export async function firstAccounts({ url, place, output }: OwnDaybook): Promise<Installation> {
  const account = (email: string): Installation["admin"] => {
    const line = new RegExp(`${email.replaceAll(".", "\\.")}\\s+password\\s+(\\S+)`);
    const [, password] = line.exec(output()) ?? [];
    if (password === undefined) throw new Error(`No password of ${email} in:\n${output()}`);
    return { email, password };
  };
  const admin = account("admin@daybook.local");
  const sample = account("sample@daybook.local");
  const sessions = { admin: await sessionOf(url, admin), sample: await sessionOf(url, sample) };
  return { url, folder: place.folder, admin, sample, sessions };
}

/** What an operator types beside a server that runs: `npm run user -- …`. @returns what it printed */
export async function runTool({ folder, url }: Pick<Installation, "folder" | "url">, ...args: string[]) {
  const env = { ...process.env, DATA_DIR: folder, PORT: new URL(url).port };
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(root, "bin/tool.mjs"), ...args], {
    cwd: root,
    env,
  });
  return stdout;
}

/** Signs in as the sign-in page does. @returns the browser's state, as JSON */
export async function sessionOf(url: string, { email, password }: Installation["admin"]): Promise<string> {
  const context = await apiOf(url);
  const { csrfToken } = (await (await context.get("/api/auth/csrf")).json()) as { csrfToken: string };
  const form = { email, password, csrfToken, json: "true" };
  const answer = await context.post("/api/auth/callback/credentials", { form });
  if (!answer.ok()) throw new Error(`Signing in as ${email}: ${answer.status()} ${await answer.text()}`);
  const state = JSON.stringify(await context.storageState());
  await context.dispose();
  return state;
}

/** The API as a page of that Daybook reaches it. @param session one of {@link Installation.sessions} */
export function apiOf(url: string, session?: string): Promise<APIRequestContext> {
  return request.newContext({
    baseURL: url,
    ignoreHTTPSErrors: true,
    extraHTTPHeaders: { origin: url },
    // Without a word of it Playwright takes the session of the test's page.
    storageState: session === undefined ? { cookies: [], origins: [] } : JSON.parse(session),
  });
}

/** Makes a source. @returns its id and its token */
export async function makeSource(
  api: APIRequestContext,
  kind: string,
  settings: { [name: string]: string } = {},
): Promise<{ id: string; token: string }> {
  const name = `${kind} ${crypto.randomUUID().slice(0, 8)}`;
  const answer = await api.post("/api/v1/sources", { data: { name, kind, settings } });
  if (answer.status() !== 201) throw new Error(`Making a source: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as { id: string; token: string };
}

/** The database beneath, for what must not be asked of the product itself. */
export function superuserUrl({ folder }: Pick<Place, "folder">): string {
  const { postgresPassword } = JSON.parse(readFileSync(path.join(folder, "secrets.json"), "utf8")) as {
    postgresPassword: string;
  };
  const port = readFileSync(path.join(folder, "postgres.port"), "utf8").trim();
  return `postgresql://postgres:${postgresPassword}@127.0.0.1:${port}/daybook`;
}
