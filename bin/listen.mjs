import net from "node:net";
import { Failure } from "./terminal.mjs";

/**
 * @param {net.Server} server
 * @param {{ host: string, port: number }} place
 * @returns {Promise<void>}
 * @throws {Failure} one line, when the port or the address is not to be had
 */
export function listen(server, { host, port }) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenFailure(error, host, port)));
    server.listen(port, host, resolve);
  });
}

/** Tells before the long work whether the port is to be had. @param {{ host: string, port: number }} place */
export async function checkPort(place) {
  const probe = net.createServer();
  await listen(probe, place);
  await new Promise((resolve) => probe.close(resolve));
}

/** @param {NodeJS.ErrnoException} error @param {string} host @param {number} port */
function listenFailure(error, host, port) {
  if (error.code === "EADDRINUSE") {
    return new Failure(`Port ${port} is taken by another program: stop that one, or set PORT to another.`);
  }
  if (error.code === "EACCES")
    return new Failure(`No permission to listen on port ${port}: set PORT to 1024 or above.`);
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") {
    return new Failure(`HOST ${host} is not an address of this machine.`);
  }
  return error;
}
