/**
 * Answers a request to upgrade and closes its connection, also when the client keeps its side open: Node's time limits
 * are no longer for it.
 *
 * @param {import("node:stream").Duplex} socket
 * @param {string} status as `404 Not Found`
 */
export function refuseUpgrade(socket, status) {
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
