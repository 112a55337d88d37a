import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { fileFailure } from "./terminal.mjs";

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

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address && typeof address === "object" ? address.port : 0));
    });
  });
}
