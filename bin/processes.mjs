import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Failure, speaksOfFullDisk } from "./terminal.mjs";

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * Runs a program to its end and returns what it printed.
 *
 * @param {string} what names the program in the failure's line, as in "npm ci"
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @param {1 | 3} [from] the descriptor to read: 3 for a program whose answer must not mix with its log
 * @returns {Promise<string>} what it wrote there
 * @throws {Failure} when it does not end with 0: one line, below the end of what it printed
 */
export async function run(what, command, args, options = {}, from = 1) {
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe", from === 3 ? "pipe" : "ignore"],
  });
  running.add(child);
  let answer = "";
  let printed = "";
  child.stdio[from]?.on("data", (chunk) => {
    answer += chunk;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      printed = (printed + chunk).slice(-20_000);
    });
  }
  try {
    const end = await new Promise((resolve, reject) => {
      child.on("error", (error) => reject(new Failure(`${what} could not be run: ${error.message}`)));
      child.on("close", (code, signal) => resolve(signal ?? code));
    });
    if (end === 0) return answer;
    if (speaksOfFullDisk(printed)) throw new Failure(`The disk is full: ${what} found no space left.`);
    throw new Failure(`${printed.trimEnd()}\n\n${what} failed (${end}); the reason stands above.`);
  } finally {
    running.delete(child);
  }
}

/**
 * Runs a program whose output goes where ours goes.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>} its exit code, 1 where a signal ended it
 */
export async function show(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: "inherit" });
  running.add(child);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    running.delete(child);
  }
}

/** Ends the programs that `run` and `show` started. Those in our process group had Ctrl-C already; the rest get it here. */
export function stopRunning() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * @param {number} pid
 * @returns {boolean} whether a process of that number exists, whoever owns it
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Tells a process from a later one that was given the same number.
 *
 * @param {number} pid
 * @returns {string | null} `null` when there is no such process, or only its unburied remains
 */
export function processIdentity(pid) {
  if (!isAlive(pid)) return null;
  if (process.platform === "linux") {
    const stat = readProcFile(pid, "stat");
    const [state, ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
    if (!state || state === "Z" || state === "X") return null;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[18]}`;
  }
  return ps(pid, "lstart") ?? `pid ${pid}`;
}

/**
 * @param {number} pid
 * @returns {string} the command line, its arguments parted by spaces; empty when there is no such process
 */
export function commandLine(pid) {
  if (process.platform === "linux") return readProcFile(pid, "cmdline")?.replaceAll("\0", " ").trim() ?? "";
  return ps(pid, "command") ?? "";
}

/**
 * @param {number} pid
 * @param {string} file
 */
function readProcFile(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // The process ended since we last looked, which is an answer, not an error.
    return null;
  }
}

/**
 * @param {number} pid
 * @param {string} column
 */
function ps(pid, column) {
  if (process.platform === "win32") return null;
  try {
    return (
      execFileSync("ps", ["-ww", "-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).trim() || null
    );
  } catch {
    // ps ends with 1 when there is no such process.
    return null;
  }
}
