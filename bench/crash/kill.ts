import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { OwnDaybook } from "@/e2e/own-daybook.ts";
import { between } from "./random.ts";

/** What `kill -9` takes: Daybook's own process, PostgreSQL with all its processes, both, or one PostgreSQL process. */
export const killModes = ["server", "database", "everything", "one backend"] as const;
export type KillMode = (typeof killModes)[number];

/** Whether the installation goes on by itself: PostgreSQL starts its processes anew when one of them was killed. */
export function survives(mode: KillMode): boolean {
  return mode === "one backend";
}

/** Kills at once: first everything stops, so that no process sees another one's end. @returns how many were killed */
export async function killNow(
  mode: KillMode,
  { pid, place }: OwnDaybook,
  random: () => number,
): Promise<number> {
  const note = readFileSync(path.join(place.folder, "postgres/postmaster.pid"), "utf8");
  const postmaster = Number(note.split("\n", 1)[0]);
  // The load goes on while we look.
  const backends = await childrenOf(postmaster);
  const victims = {
    server: [pid],
    database: [postmaster, ...backends],
    everything: [pid, postmaster, ...backends],
    "one backend": backends.slice(between(random, 0, backends.length - 1)).slice(0, 1),
  }[mode];
  const stopped = victims.filter((victim) => signal(victim, "SIGSTOP"));
  return stopped.filter((victim) => signal(victim, "SIGKILL")).length;
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number);
    return pid !== undefined && ppid === parent ? [pid] : [];
  });
}

/** @returns whether there was such a process: it may have ended between our look and our hand */
function signal(pid: number, name: "SIGSTOP" | "SIGKILL"): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
