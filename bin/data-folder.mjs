import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { canReach, databaseUser } from "./database-user.mjs";
import { processIdentity } from "./processes.mjs";
import { Failure, fileFailure, say } from "./terminal.mjs";

const smallestFreeMegabytes = 96;

/**
 * Chooses and makes the folder that holds everything an installation keeps.
 *
 * @param {string} wanted DATA_DIR, an absolute path
 * @param {boolean} embedded whether the database lies in it
 * @returns {{ folder: string, cluster: string, user: import("./database-user.mjs").DatabaseUser }}
 *   the folder, where in it the database lies, and whose that is
 */
export function openDataFolder(wanted, embedded) {
  if (existsSync(wanted) && !statSync(wanted).isDirectory()) {
    throw new Failure(`DATA_DIR (${wanted}) must be a folder, and is a file.`);
  }
  let folder = wanted;
  let user = embedded ? databaseUser(path.join(folder, "postgres")) : null;
  if (!canReach(folder, user)) {
    const short = createHash("sha256").update(wanted).digest("hex").slice(0, 8);
    folder = `/var/lib/daybook-${short}`;
    user = databaseUser(path.join(folder, "postgres"));
    say(
      `The database's user "${user?.name}" may not enter ${wanted}: the data is kept in ${folder} instead.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true, mode: user ? 0o711 : 0o700 });
  } catch (error) {
    throw fileFailure(error, `make the data folder ${folder}`);
  }
  return { folder, cluster: path.join(folder, "postgres"), user };
}

/**
 * @param {string} folder
 * @throws {Failure} when its disk is as good as full
 */
export function checkFreeSpace(folder) {
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  if (free >= smallestFreeMegabytes) return;
  throw new Failure(
    `The disk is full: ${free} MB are free for ${folder}, and Daybook needs ${smallestFreeMegabytes} MB to start.`,
  );
}

/**
 * Takes the data folder for this process. A lock whose process is gone (killed, or before a restart of the
 * machine) counts for nothing.
 *
 * @param {string} folder
 * @returns {() => void} gives the folder free again
 * @throws {Failure} when another start uses it
 */
export function lockDataFolder(folder) {
  const file = path.join(folder, "daybook.lock");
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) });
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: "wx", mode: 0o600 });
      return () => {
        if (readLock(file) === mine) rmSync(file, { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
        throw fileFailure(error, `write ${file}`);
      }
    }
    const found = readLock(file);
    const holder = lockHolder(found, processIdentity);
    if (holder) {
      throw new Failure(
        `The data folder ${folder} is in use by another Daybook (process ${holder}): stop that one first.`,
      );
    }
    setAside(file, found);
  }
}

/**
 * @param {string | null} lock what the lock file says
 * @param {(pid: number) => string | null} identityOf
 * @returns {number | null} the process that holds the lock; `null` when it is gone
 */
export function lockHolder(lock, identityOf) {
  if (!lock) return null;
  try {
    const { pid, identity } = JSON.parse(lock);
    return Number.isInteger(pid) && identityOf(pid) === identity && identity !== null ? pid : null;
  } catch {
    // Cut off in the middle of its writing: whoever wrote it was killed.
    return null;
  }
}

/** @param {string} file */
function readLock(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/**
 * Removes a stale lock, unless another start has just replaced it with its own.
 *
 * @param {string} file
 * @param {string | null} stale
 */
function setAside(file, stale) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    // Another start was quicker; the next round sees its lock.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  if (readLock(aside) === stale) rmSync(aside);
  else renameSync(aside, file);
}
