import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { Failure, fileFailure } from "./terminal.mjs";

/** The port of the last start, or another where that is taken. @param {string} dataFolder */
export async function choosePort(dataFolder) {
  const file = path.join(dataFolder, "postgres.port");
  const kept = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : 0;
  const port = kept > 0 && (await isFree(kept)) ? kept : await freePort();
  try {
    if (port !== kept) fs.writeFileSync(file, `${port}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileFailure(error, `write ${file}`);
  }
  return port;
}

/** @param {number} port */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer().once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/**
 * A port that nobody has, below those that outgoing connections get: nothing takes it before it is listened on.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let tries = 0; tries < 100; tries++) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if (await isFree(port)) return port;
  }
  throw new Failure("None of a hundred ports between 15000 and 30000 is free on 127.0.0.1.");
}
