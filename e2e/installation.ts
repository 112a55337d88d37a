import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "@playwright/test";

export type Account = { email: string; password: string };

/** The installation that the tests run against, as its first start described it. */
export type Installation = {
  url: string;
  /** The superuser of the empty organization. */
  admin: Account;
  /** The superuser of the organization with the sample records. */
  sample: Account;
  /** Cookies of a session of each, as Playwright keeps them. */
  sessions: { admin: string; sample: string };
};

const root = fileURLToPath(new URL("..", import.meta.url));
/** The tests' processes inherit the environment of this one. */
const variable = "DAYBOOK_E2E_INSTALLATION";

export function installation(): Installation {
  const described = process.env[variable];
  if (described === undefined) throw new Error(`${variable} is not set: run the tests with npm test -- e2e`);
  return JSON.parse(described) as Installation;
}

/** Starts Daybook as its users do, in a data folder of its own. @returns what stops it */
export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "daybook-e2e-"));
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(root, "bin/start.mjs")], {
    cwd: root,
    env: { ...process.env, PORT: String(port), DATA_DIR: folder, LOG_LEVEL: "error", LOG_FORMAT: "text" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const output = await outputUntil(child, "Daybook runs on");
    const url = `http://localhost:${port}`;
    const [admin, sample] = [
      accountIn(output, "admin@daybook.local"),
      accountIn(output, "sample@daybook.local"),
    ];
    const sessions = { admin: await signIn(url, admin), sample: await signIn(url, sample) };
    process.env[variable] = JSON.stringify({ url, admin, sample, sessions } satisfies Installation);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** @returns all that was printed @throws Error when it ends before it has printed the words */
function outputUntil(child: ChildProcess, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes(words)) resolve(output);
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
}

function accountIn(output: string, email: string): Account {
  const [, password] = new RegExp(`${email.replaceAll(".", "\\.")}\\s+password\\s+(\\S+)`).exec(output) ?? [];
  if (password === undefined) throw new Error(`No password of ${email} in:\n${output}`);
  return { email, password };
}

/** Signs in as the sign-in page does. @returns the browser's state, as JSON */
async function signIn(url: string, { email, password }: Account): Promise<string> {
  const context = await request.newContext({ baseURL: url, extraHTTPHeaders: { origin: url } });
  const { csrfToken } = (await (await context.get("/api/auth/csrf")).json()) as { csrfToken: string };
  const form = { email, password, csrfToken, json: "true" };
  const answer = await context.post("/api/auth/callback/credentials", { form });
  if (!answer.ok()) throw new Error(`Signing in as ${email}: ${answer.status()} ${await answer.text()}`);
  const state = JSON.stringify(await context.storageState());
  await context.dispose();
  return state;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGINT");
  });
}
