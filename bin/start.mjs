import { existsSync } from "node:fs";
import path from "node:path";
import { checkFreeSpace, lockDataFolder, openDataFolder } from "./data-folder.mjs";
import { checkPort } from "./listen.mjs";
import { build, checkNode, generate, install, quickly, root } from "./prepare.mjs";
import { run, stopRunning } from "./processes.mjs";
import { openSecrets } from "./secrets.mjs";
import { readSettings } from "./settings.mjs";
import { Failure, say, speaksOfFullDisk, step } from "./terminal.mjs";

// `npm start`: from a fresh clone to a page in the browser. Until install() has run, only Node's own modules
// are there to import.

const dev = process.argv.includes("--dev");
const stopping = new AbortController();
/** What has to be undone at the end, last first. @type {(() => void | Promise<void>)[]} */
const undo = [];

async function start() {
  checkNode();
  const settings = readSettings(process.env, { root, terminal: process.stdout.isTTY === true });
  const { folder, cluster, user } = openDataFolder(settings.dataDir, !settings.databaseUrl);
  say(`Data folder: ${folder}`);
  undo.push(lockDataFolder(folder));
  checkFreeSpace(folder);
  await checkPort(settings);
  await quickly(async () => {
    for (const prepare of dev ? [install, generate] : [install, generate, build]) {
      await prepare();
      stopping.signal.throwIfAborted();
    }
  });
  const secrets = openSecrets(folder, existsSync(cluster));
  const { ownerUrl, appUrl } = settings.databaseUrl
    ? await foreignDatabase(settings.databaseUrl, settings.ownerUrl, secrets)
    : await embeddedDatabase({ dataFolder: folder, cluster, user, secrets });
  stopping.signal.throwIfAborted();
  Object.assign(process.env, {
    NODE_ENV: dev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATA_DIR: folder,
    DATABASE_URL: appUrl,
    DATABASE_OWNER_URL: ownerUrl,
    NEXTAUTH_URL: settings.publicUrl,
    NEXTAUTH_SECRET: secrets.nextAuthSecret,
    REDACTION_KEY: secrets.redactionKey,
    AUTHORITY_KEY: secrets.authorityKey,
    SEALING_KEY: secrets.sealingKey,
    LOG_LEVEL: settings.logLevel,
    SUDO_HOST: settings.host,
  });
  say((await script("Migrating the database", "bin/migrate.ts")).trimEnd() || "The database is up to date.");
  stopping.signal.throwIfAborted();
  await setUp();
  stopping.signal.throwIfAborted();
  // The application runs under its own role and must not find the owner's way in.
  delete process.env["DATABASE_OWNER_URL"];
  const { serve } = await import("./serve.mjs");
  undo.push(await serve({ ...settings, dev, root }));
  stopping.signal.throwIfAborted();
  say(`\nDaybook runs on ${settings.publicUrl} (Ctrl-C stops it)`);
}

/**
 * @param {string} databaseUrl
 * @param {string | undefined} ownerUrl
 * @param {import("./secrets.mjs").Secrets} secrets
 */
async function foreignDatabase(databaseUrl, ownerUrl, secrets) {
  const { foreignRoles } = await import("./roles.mjs");
  return await step("Looking at the database", () => foreignRoles({ databaseUrl, ownerUrl }, secrets));
}

/**
 * @param {object} place
 * @param {string} place.dataFolder
 * @param {string} place.cluster
 * @param {import("./database-user.mjs").DatabaseUser} place.user
 * @param {import("./secrets.mjs").Secrets} place.secrets
 */
async function embeddedDatabase({ dataFolder, cluster, user, secrets }) {
  const { startCluster } = await import("./postgres.mjs");
  const { embeddedRoles } = await import("./roles.mjs");
  const password = secrets.postgresPassword;
  say("Starting the database …");
  const { superuserUrl, ended, stop } = await startCluster({
    dataFolder,
    cluster,
    user,
    password,
    signal: stopping.signal,
  });
  let expected = false;
  undo.push(async () => {
    expected = true;
    await stop();
  });
  ended.then((how) => {
    if (!expected)
      end(1, `The database ended unexpectedly (${how}): see ${path.join(dataFolder, "postgres.log")}.`);
  });
  return await embeddedRoles(superuserUrl, secrets);
}

/** Runs one of our TypeScript programs. @param {string} label @param {string} file @param {1 | 3} [from] */
function script(label, file, from) {
  const args = ["--import", "tsx", "--conditions=react-server", path.join(root, file)];
  return step(label, () => run(file, process.execPath, args, { cwd: root, env: process.env }, from));
}

/** What bin/first-run.ts answers: accounts that were made, whose passwords are printed here and kept nowhere. */
async function setUp() {
  const answer = await script("Setting up", "bin/first-run.ts", 3);
  /** @type {import("../lib/setup/server/first-run.ts").FirstRun} */
  const outcome = JSON.parse(answer);
  if (outcome.sampleRecords) say(`Loaded ${outcome.sampleRecords} sample records.`);
  if (outcome.sampleFailure) say(`The sample records could not be loaded: ${outcome.sampleFailure}`);
  if (!outcome.created) return;
  say("\nThis is the first start. Sign in with one of these; the passwords are not shown again.");
  for (const { organization, email, password } of outcome.accounts) {
    say(`\n  ${organization}\n    email     ${email}\n    password  ${password}`);
  }
}

/** @type {Promise<void> | undefined} */
let ending;

/**
 * Ends everything in order, once, whoever asks.
 *
 * @param {number} code
 * @param {string} [reason]
 */
function end(code, reason) {
  ending ??= (async () => {
    if (reason) process.stderr.write(`${reason}\n`);
    stopping.abort();
    stopRunning();
    // What has been started while we were asked to stop is known, and undone, only after this.
    await starting.catch(() => {});
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`${describe(error)}\n`);
        code = 1;
      }
    }
    if (code === 0) say("Stopped.");
    process.exit(code);
  })();
  return ending;
}

/** @param {unknown} error */
function describe(error) {
  if (error instanceof Failure) return error.message;
  if (error instanceof Error && speaksOfFullDisk(error.message)) return `The disk is full: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  // npm passes on a Ctrl-C that we have had from the terminal already: the second one changes nothing.
  process.on(signal, () => {
    if (!ending) say("\nStopping …");
    void end(0);
  });
}
// A signal to npm ends npm and the shell between us, and never gets here: our parent's end has to do.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end(0);
  }, 500).unref();
}
process.on("uncaughtException", (error) => void end(1, describe(error)));
// Whoever read our output is gone; that is no reason to stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const starting = start();
starting.catch((error) => end(1, stopping.signal.aborted ? undefined : `\n${describe(error)}`));
