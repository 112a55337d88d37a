import { readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { Failure, fileFailure } from "./terminal.mjs";

/**
 * The settings of `npm start`, from the environment. README lists them for those who run Daybook.
 *
 * @typedef {object} Settings
 * @property {string} dataDir absolute
 * @property {number} port
 * @property {string} host
 * @property {string | undefined} databaseUrl `undefined`: the embedded PostgreSQL
 * @property {string | undefined} ownerUrl
 * @property {{ cert: Buffer, key: Buffer } | undefined} tls
 * @property {string} publicUrl origin under which browsers reach us, without a slash at its end
 * @property {boolean} hasPublicUrl whether PUBLIC_URL was given
 * @property {string[]} trustedProxies addresses and CIDR ranges
 * @property {string} logLevel
 * @property {string} logFormat json or text
 */

const logLevels = ["debug", "info", "warn", "error", "silent"];

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {{ root: string, terminal: boolean }} place the project's folder; whether a person reads along
 * @returns {Settings}
 * @throws {Failure} naming the setting and what is wrong with it
 */
export function readSettings(env, { root, terminal }) {
  const port = readPort("PORT", env.PORT);
  const host = readHost(env.HOST);
  const tls = readTls(env.TLS_CERT, env.TLS_KEY);
  const databaseUrl = readDatabaseUrl("DATABASE_URL", env.DATABASE_URL);
  const ownerUrl = readDatabaseUrl("DATABASE_OWNER_URL", env.DATABASE_OWNER_URL);
  if (ownerUrl && !databaseUrl) {
    throw new Failure(
      "DATABASE_OWNER_URL is set and DATABASE_URL is not: the application's own role is missing.",
    );
  }
  const publicUrl = readPublicUrl(env.PUBLIC_URL);
  if (env.SUDO_PORT) readPort("SUDO_PORT", env.SUDO_PORT);
  if (env.SUDO_TLS_PORT) readPort("SUDO_TLS_PORT", env.SUDO_TLS_PORT);
  return {
    dataDir: path.resolve(root, env.DATA_DIR || "data"),
    port,
    host,
    databaseUrl,
    ownerUrl,
    tls,
    publicUrl: publicUrl ?? `${tls ? "https" : "http"}://${ownName(host)}:${port}`,
    hasPublicUrl: publicUrl !== undefined,
    trustedProxies: readTrustedProxies(env.TRUSTED_PROXIES),
    logLevel: oneOf("LOG_LEVEL", env.LOG_LEVEL, logLevels) ?? "info",
    logFormat: oneOf("LOG_FORMAT", env.LOG_FORMAT, ["json", "text"]) ?? (terminal ? "text" : "json"),
  };
}

/** @param {string} name @param {string | undefined} value */
function readPort(name, value) {
  if (!value) return 3000;
  const port = Number(value);
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new Failure(`${name} must be a whole number from 1 to 65535, and is "${value}".`);
}

/** @param {string | undefined} value */
function readHost(value) {
  if (!value) return "127.0.0.1";
  if (net.isIP(value) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value)) return value;
  throw new Failure(`HOST must be an address or a host name to listen on, as 0.0.0.0, and is "${value}".`);
}

/** The name for ourselves in a browser on this machine. @param {string} host */
function ownName(host) {
  if (["127.0.0.1", "::1", "0.0.0.0", "::"].includes(host)) return "localhost";
  return net.isIPv6(host) ? `[${host}]` : host;
}

/** @param {string | undefined} certFile @param {string | undefined} keyFile */
function readTls(certFile, keyFile) {
  if (!certFile && !keyFile) return undefined;
  if (!certFile) throw new Failure("TLS_KEY is set and TLS_CERT is not: HTTPS needs both.");
  if (!keyFile) throw new Failure("TLS_CERT is set and TLS_KEY is not: HTTPS needs both.");
  const tls = { cert: readPem("TLS_CERT", certFile), key: readPem("TLS_KEY", keyFile) };
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`TLS_CERT (${certFile}) and TLS_KEY (${keyFile}) do not work together: ${reason}`);
  }
  return tls;
}

/** @param {string} name @param {string} file */
function readPem(name, file) {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new Failure(`${name}: there is no file ${file}.`);
    if (code === "EISDIR") throw new Failure(`${name}: ${file} is a folder.`);
    throw fileFailure(error, `read ${name} (${file})`);
  }
}

/** @param {string} name @param {string | undefined} value */
function readDatabaseUrl(name, value) {
  if (!value) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !["postgres:", "postgresql:"].includes(url.protocol)) {
    throw new Failure(`${name} must be a URL as postgresql://role:password@host:5432/database; it is not.`);
  }
  if (!url.username)
    throw new Failure(`${name} names no role: postgresql://role:password@host:5432/database.`);
  if (url.pathname.length < 2)
    throw new Failure(`${name} names no database: postgresql://role:password@host:5432/database.`);
  return value;
}

/** @param {string | undefined} value */
function readPublicUrl(value) {
  if (!value) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Failure(`PUBLIC_URL must be a URL as https://daybook.example.com, and is "${value}".`);
  }
  if (url.pathname !== "/" || url.search || url.hash || url.username) {
    throw new Failure(
      `PUBLIC_URL must end after the host and port (Daybook is not served below a path), and is "${value}".`,
    );
  }
  return url.origin;
}

/** @param {string | undefined} value */
function readTrustedProxies(value) {
  const ranges = (value ?? "")
    .split(",")
    .map((range) => range.trim())
    .filter(Boolean);
  for (const range of ranges) {
    const [address = "", prefix, ...more] = range.split("/");
    const family = net.isIP(address);
    const bits = prefix === undefined ? 0 : Number(prefix);
    const wellFormed =
      prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= (family === 6 ? 128 : 32));
    if (family === 0 || !wellFormed || more.length > 0) {
      throw new Failure(
        `TRUSTED_PROXIES must list addresses and ranges as 10.0.0.0/8, separated by commas; "${range}" is neither.`,
      );
    }
  }
  return ranges;
}

/** @param {string} name @param {string | undefined} value @param {string[]} allowed */
function oneOf(name, value, allowed) {
  if (!value || allowed.includes(value)) return value || undefined;
  throw new Failure(`${name} must be one of ${allowed.join(", ")}, and is "${value}".`);
}
