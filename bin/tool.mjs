import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { lockDataFolder, openDataFolder } from "./data-folder.mjs";
import { root } from "./prepare.mjs";
import { openSecrets } from "./secrets.mjs";
import { readSettings } from "./settings.mjs";
import { Failure } from "./terminal.mjs";

// Runs one of the TypeScript programs of this folder against the installation's database, whether `npm start`
// runs beside it or not: `node bin/tool.mjs reset-password you@example.org`.

const [program = "", ...args] = process.argv.slice(2);

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main() {
  if (!/^[a-z-]+$/.test(program) || !existsSync(path.join(root, "bin", `${program}.ts`))) {
    throw new Failure(`There is no program bin/${program}.ts.`);
  }
  if (!existsSync(path.join(root, "node_modules/tsx")))
    throw new Failure("Run `npm start` once before this.");
  const settings = readSettings(process.env, { root, terminal: true });
  const { folder, cluster, user } = openDataFolder(settings.dataDir, !settings.databaseUrl);
  if (!settings.databaseUrl && !existsSync(cluster)) {
    throw new Failure(`${folder} holds no database: run \`npm start\` once, or set DATA_DIR.`);
  }
  const secrets = openSecrets(folder, existsSync(cluster));
  const { embeddedRoles, foreignRoles, urlFor } = await import("./roles.mjs");
  const { databaseUrl, ownerUrl } = settings;
  if (databaseUrl)
    return run(settings, folder, secrets, await foreignRoles({ databaseUrl, ownerUrl }, secrets));
  const unlock = tryLock(folder);
  if (!unlock) {
    const port = readFileSync(path.join(folder, "postgres.port"), "utf8").trim();
    const running = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    return run(settings, folder, secrets, {
      ownerUrl: urlFor(running, "daybook_owner", secrets.ownerPassword, "daybook"),
      appUrl: urlFor(running, "daybook_app", secrets.appPassword, "daybook"),
    });
  }
  const { startCluster } = await import("./postgres.mjs");
  const password = secrets.postgresPassword;
  const { superuserUrl, stop } = await startCluster({ dataFolder: folder, cluster, user, password });
  try {
    return run(settings, folder, secrets, await embeddedRoles(superuserUrl, secrets));
  } finally {
    await stop();
    unlock();
  }
}

/** @param {string} folder @returns {(() => void) | undefined} nothing while `npm start` holds the folder */
function tryLock(folder) {
  try {
    return lockDataFolder(folder);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * @param {import("./settings.mjs").Settings} settings
 * @param {string} folder
 * @param {import("./secrets.mjs").Secrets} secrets
 * @param {{ ownerUrl: string, appUrl: string }} urls
 */
function run(settings, folder, secrets, { ownerUrl, appUrl }) {
  const env = {
    ...process.env,
    DATA_DIR: folder,
    DATABASE_URL: appUrl,
    DATABASE_OWNER_URL: ownerUrl,
    NEXTAUTH_URL: settings.publicUrl,
    NEXTAUTH_SECRET: secrets.nextAuthSecret,
    REDACTION_KEY: secrets.redactionKey,
    AUTHORITY_KEY: secrets.authorityKey,
    SEALING_KEY: secrets.sealingKey,
    LOG_LEVEL: "error",
  };
  const file = path.join(root, "bin", `${program}.ts`);
  const flags = ["--import", "tsx", "--conditions=react-server", file, ...args];
  return spawnSync(process.execPath, flags, { cwd: root, env, stdio: "inherit" }).status ?? 1;
}
