import { generateKeyPairSync, randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import { Failure, fileFailure } from "./terminal.mjs";

/**
 * What an installation keeps to itself, in DATA_DIR/secrets.json.
 *
 * @typedef {object} Secrets
 * @property {string} postgresPassword of the embedded cluster's superuser
 * @property {string} ownerPassword of the role that migrates
 * @property {string} appPassword of the role that the application runs under
 * @property {string} nextAuthSecret signs session cookies
 * @property {string} redactionKey 32 bytes in base64; digests of masked secrets are keyed with it
 * @property {string} authorityKey signs certificates: a P-256 key as PKCS #8 in base64
 * @property {string} sealingKey 32 bytes in base64; encrypts secrets that are needed again in clear
 */

/** @type {Record<keyof Secrets, () => string>} */
const makers = {
  postgresPassword: password,
  ownerPassword: password,
  appPassword: password,
  nextAuthSecret: () => randomBytes(32).toString("base64"),
  redactionKey: () => randomBytes(32).toString("base64"),
  authorityKey: () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
  },
  sealingKey: () => randomBytes(32).toString("base64"),
};

/** Letters, digits, - and _ only, so that it stands in a URL and in SQL as it is. */
function password() {
  return randomBytes(24).toString("base64url");
}

/**
 * Reads the secrets of a data folder and makes those that are missing.
 *
 * @param {string} dataFolder
 * @param {boolean} holdsCluster whether the folder has a database already, which new secrets would not open
 * @returns {Secrets}
 */
export function openSecrets(dataFolder, holdsCluster) {
  const file = path.join(dataFolder, "secrets.json");
  const kept = readSecrets(file);
  if (holdsCluster && !kept) {
    throw new Failure(`${file} is missing, and with it the database's password: put it back from a backup.`);
  }
  const secrets = { ...kept };
  for (const [name, make] of Object.entries(makers)) secrets[name] ??= make();
  if (Object.keys(secrets).length > Object.keys(kept ?? {}).length) writeSecrets(file, secrets);
  return /** @type {Secrets} */ (/** @type {unknown} */ (secrets));
}

/**
 * @param {string} file
 * @returns {Record<string, string> | null}
 */
function readSecrets(file) {
  if (!existsSync(file)) return null;
  try {
    const value = JSON.parse(readFileSync(file, "utf8"));
    if (Object.values(value).every((secret) => typeof secret === "string")) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw fileFailure(error, `read ${file}`);
  }
  throw new Failure(`${file} is damaged: put it back from a backup.`);
}

/**
 * @param {string} file
 * @param {Record<string, string>} secrets
 */
function writeSecrets(file, secrets) {
  try {
    const draft = openSync(`${file}.new`, "w", 0o600);
    writeSync(draft, `${JSON.stringify(secrets, null, 2)}\n`);
    fsyncSync(draft);
    closeSync(draft);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw fileFailure(error, `write ${file}`);
  }
}
