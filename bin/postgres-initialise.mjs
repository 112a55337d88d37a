import fs from "node:fs";
import path from "node:path";
import { asUser } from "./postgres-binaries.mjs";
import { run } from "./processes.mjs";
import { Failure, fileFailure } from "./terminal.mjs";

/**
 * Makes a new cluster, whole or not at all.
 *
 * @param {string} bin
 * @param {string} cluster
 * @param {import("./database-user.mjs").DatabaseUser} user
 * @param {string} password
 * @param {boolean} durable
 */
export async function initialise(bin, cluster, user, password, durable) {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  try {
    fs.rmSync(draft, { recursive: true, force: true });
    fs.mkdirSync(draft, { mode: 0o700 });
    fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user) for (const file of [draft, passwordFile]) fs.chownSync(file, user.uid, user.gid);
    const base = [
      `--pgdata=${draft}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
    ];
    const options = ["--encoding=UTF8", "--data-checksums", ...(durable ? [] : ["--no-sync"])];
    await initialiseWithCharacters(path.join(bin, "initdb"), [...base, ...options], asUser(user, draft));
    // A cluster whose making was cut off never gets its name.
    fs.renameSync(draft, cluster);
  } catch (error) {
    throw fileFailure(error, `make the database in ${cluster}`);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

/**
 * Sorting is PostgreSQL's own C.UTF-8, the same on every system. Which characters are letters comes from the
 * system in places: with plain C, trigrams would know no letter beyond ASCII.
 *
 * @param {string} initdb
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
async function initialiseWithCharacters(initdb, args, options) {
  const characterTypes = ["C.UTF-8", "en_US.UTF-8", "UTF-8", "C"];
  for (const type of characterTypes) {
    const locale = [
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      `--lc-ctype=${type}`,
    ];
    try {
      await run("initdb", initdb, [...args, ...locale], options);
      return;
    } catch (error) {
      const unknown = error instanceof Failure && /invalid locale name/.test(error.message);
      if (!unknown || type === "C") throw error;
    }
  }
}

/** @param {string} bin @param {string} cluster @param {import("./database-user.mjs").DatabaseUser} user */
export async function checkVersion(bin, cluster, user) {
  const made = fs.readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim();
  const printed = await run("PostgreSQL", path.join(bin, "postgres"), ["--version"], asUser(user, cluster));
  const present = /(\d+)\.\d+/.exec(printed)?.[1];
  if (made === present) return;
  throw new Failure(
    `${cluster} was made by PostgreSQL ${made} and PostgreSQL ${present} is installed: dump it with the older one first.`,
  );
}
