import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { asUser, knowsLz4, postgresBinaries } from "./postgres-binaries.mjs";
import { checkVersion, initialise } from "./postgres-initialise.mjs";
import { choosePort } from "./postgres-port.mjs";
import { clusterSettings, settingArguments, usableMemory } from "./postgres-settings.mjs";
import { takeOver } from "./postgres-takeover.mjs";
import { run } from "./processes.mjs";
import { Failure, fileFailure, say, signEverySeconds, speaksOfFullDisk, step } from "./terminal.mjs";

/**
 * A running cluster.
 *
 * @typedef {object} Cluster
 * @property {number} port on 127.0.0.1
 * @property {string} superuserUrl
 * @property {Promise<string>} ended resolves when the server ended, whoever ended it, with how
 * @property {() => Promise<void>} stop ends it cleanly: open transactions are rolled back, a checkpoint is written
 */

/**
 * Starts the PostgreSQL that comes with the packages, and makes its cluster first when there is none.
 *
 * @param {object} options
 * @param {string} options.dataFolder
 * @param {string} options.cluster the folder of the cluster itself, below the data folder
 * @param {import("./database-user.mjs").DatabaseUser} options.user
 * @param {string} options.password the superuser's
 * @param {boolean} [options.durable] `false` for a cluster that is thrown away
 * @param {AbortSignal} [options.signal] gives up waiting for a server that recovers
 * @returns {Promise<Cluster>}
 */
export async function startCluster({ dataFolder, cluster, user, password, durable = true, signal }) {
  const bin = postgresBinaries(dataFolder, user);
  if (!fs.existsSync(path.join(cluster, "PG_VERSION"))) {
    await step("Making the database", () => initialise(bin, cluster, user, password, durable));
  }
  await checkVersion(bin, cluster, user);
  await takeOver(bin, cluster, user);
  const lz4 = knowsLz4(bin, cluster, user);
  const settings = clusterSettings({ memory: durable ? usableMemory() : 1024 ** 3, lz4, durable });
  const logFile = path.join(dataFolder, "postgres.log");
  rotate(logFile);
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(dataFolder);
    const logStart = fs.existsSync(logFile) ? fs.statSync(logFile).size : 0;
    const log = openLog(logFile);
    const args = ["-D", cluster, "-p", String(port), ...settingArguments(settings)];
    const server = spawn(path.join(bin, "postgres"), args, {
      ...asUser(user, cluster),
      stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    const ended = whenEnded(server);
    const superuserUrl = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
    const stop = () => stopServer(bin, cluster, user, ended);
    if (await whenReady(superuserUrl, ended, stop, signal)) return { port, superuserUrl, ended, stop };
    const reason = readFrom(logFile, logStart);
    if (attempt < 40 && isPassing(reason)) await delay(250);
    else throw startFailure(reason, logFile);
  }
}

/** @param {string} logFile */
function rotate(logFile) {
  if (fs.existsSync(logFile) && fs.statSync(logFile).size > 10 * 1024 ** 2)
    fs.renameSync(logFile, `${logFile}.1`);
}

/** @param {string} logFile */
function openLog(logFile) {
  try {
    return fs.openSync(logFile, "a", 0o600);
  } catch (error) {
    throw fileFailure(error, `write ${logFile}`);
  }
}

/** @param {import("node:child_process").ChildProcess} server @returns {Promise<string>} */
function whenEnded(server) {
  return new Promise((resolve) => {
    server.once("error", (error) => resolve(error.message));
    server.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

/**
 * Waits until the server answers; after a crash it may replay its log for a while first.
 *
 * @param {string} url
 * @param {Promise<string>} ended
 * @param {() => Promise<void>} stop
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>} `false` when it ended instead
 */
async function whenReady(url, ended, stop, signal) {
  const started = Date.now();
  let told = 0;
  let over = false;
  ended.then(() => {
    over = true;
  });
  while (!over) {
    if (await answers(url, stop)) return true;
    if (signal?.aborted) await stop();
    signal?.throwIfAborted();
    await delay(30);
    const seconds = Math.floor((Date.now() - started) / 1000 / signEverySeconds) * signEverySeconds;
    if (seconds > told) say(`  The database is recovering: ${seconds} s so far`);
    told = Math.max(told, seconds);
  }
  return false;
}

/** @param {string} url @param {() => Promise<void>} stop */
async function answers(url, stop) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  // The server may end between the connection and its end.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // 57P03: starting up, or recovering.
    if (code === "ECONNREFUSED" || code === "ECONNRESET" || code === "57P03") return false;
    await stop();
    if (code !== "28P01") throw error;
    throw new Failure(
      "The password in secrets.json does not open the database: put the file back from a backup.",
    );
  }
}

/**
 * @param {string} bin
 * @param {string} cluster
 * @param {import("./database-user.mjs").DatabaseUser} user
 * @param {Promise<string>} ended
 */
async function stopServer(bin, cluster, user, ended) {
  const args = ["stop", "-D", cluster, "-m", "fast", "-w", "-t", "120"];
  const stopping = run("pg_ctl", path.join(bin, "pg_ctl"), args, asUser(user, cluster));
  // A server that ended by itself in the meantime is stopped too, whatever pg_ctl makes of that.
  await Promise.race([ended, stopping.then(() => ended)]);
  await stopping.catch(() => {});
}

/** @param {string} file @param {number} start */
function readFrom(file, start) {
  return fs.readFileSync(file).subarray(start).toString("utf8");
}

/** The last processes of a killed server go on for a moment; a port may be taken between our look and its. @param {string} log */
function isPassing(log) {
  return /pre-existing shared memory block|could not create any TCP\/IP sockets|could not bind/.test(log);
}

/** @param {string} log @param {string} logFile */
function startFailure(log, logFile) {
  if (speaksOfFullDisk(log)) {
    return new Failure(`The disk is full: the database found no space left (${logFile}).`);
  }
  const fatal = log.split("\n").findLast((line) => /FATAL|PANIC|error while loading/.test(line));
  return new Failure(`The database did not start: ${fatal ?? "it said nothing"} (${logFile}).`);
}
