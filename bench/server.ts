import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "@/bin/prepare.mjs";
import { urlFor } from "@/bin/roles.mjs";
import { openSecrets, type Secrets } from "@/bin/secrets.mjs";
import { Failure, step } from "@/bin/terminal.mjs";
import type { BenchFolder } from "./build/database.ts";

/** Daybook as `npm start` runs it, on the bench's database. */
export type Server = {
  origin: string;
  pid: number;
  superuserUrl: string;
  appUrl: string;
  secrets: Secrets;
  /** Ends it as Ctrl-C does. */
  stop: () => Promise<void>;
};

const startSeconds = 120;

/**
 * Starts bin/start.mjs in a process of its own, its database with it, and waits until it serves.
 * @param profile a folder for a CPU profile of its whole life
 * @throws Failure with the end of its log
 */
export async function startServer(
  { folder }: BenchFolder,
  dataDir: string,
  profile: string | undefined,
): Promise<Server> {
  const port = await freePort();
  const log = path.join(folder, "server.log");
  writeFileSync(log, "");
  const out = openSync(log, "a");
  const flags = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const { DATABASE_URL: _url, DATABASE_OWNER_URL: _owner, PUBLIC_URL: _public, ...inherited } = process.env;
  const child = spawn(process.execPath, [...flags, path.join(root, "bin/start.mjs")], {
    cwd: root,
    env: { ...inherited, DATA_DIR: dataDir, PORT: String(port), HOST: "127.0.0.1", LOG_FORMAT: "json" },
    stdio: ["ignore", out, out],
  });
  closeSync(out);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  const stopWithUs = (): void => void child.kill("SIGTERM");
  process.once("exit", stopWithUs);
  await step("Starting Daybook", async () => {
    const until = performance.now() + startSeconds * 1000;
    while (!readFileSync(log, "utf8").includes("Daybook runs on")) {
      if (child.exitCode !== null || performance.now() > until) {
        await stop();
        throw new Failure(`Daybook did not start:\n${readFileSync(log, "utf8").slice(-2000)}`);
      }
      await delay(100);
    }
  });
  const secrets = openSecrets(folder, true);
  const databasePort = readFileSync(path.join(folder, "postgres.port"), "utf8").trim();
  const base = `postgresql://postgres@127.0.0.1:${databasePort}/daybook`;
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    superuserUrl: urlFor(base, "postgres", secrets.postgresPassword),
    appUrl: urlFor(base, "daybook_app", secrets.appPassword),
    secrets,
    stop,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
}

/** What the memory of a process did between {@link watchMemory} and its end, in bytes. */
export type MemoryUse = { before: number; highest: number };

const sampleMs = 20;

/**
 * Watches the resident memory of a process: the kernel's own high-water mark where it can be set back (Linux),
 * samples elsewhere.
 * @returns ends the watching
 */
export function watchMemory(pid: number): () => MemoryUse {
  const reset = `/proc/${pid}/clear_refs`;
  if (existsSync(reset)) writeFileSync(reset, "5");
  const before = statusOf(pid, "VmRSS");
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, statusOf(pid, "VmRSS"));
  }, sampleMs);
  return () => {
    clearInterval(timer);
    return { before, highest: Math.max(highest, existsSync(reset) ? statusOf(pid, "VmHWM") : 0) };
  };
}

function statusOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) throw new Failure("Memory is read from /proc, which this system does not have.");
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(file, "utf8")) ?? [];
  if (kilobytes === undefined) throw new Error(`${file} has no ${field}`);
  return Number(kilobytes) * 1024;
}
