import { EventEmitter, once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { registerUpgrade } from "@/lib/http/upgrades.ts";
import { patience } from "@/lib/test-time.ts";
import { upgrades } from "./upgrades.mjs";

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const answer = (socket: Duplex, who: string) => socket.end(`HTTP/1.1 101 ${who}\r\n\r\n`);

async function start(next?: EventEmitter) {
  const lines: { path: string; address: string }[] = [];
  const options = {
    publicUrl: undefined,
    isTrusted: (address: string) => address === "127.0.0.1",
    stopping: new AbortController().signal,
    log: { answered: (line: (typeof lines)[number]) => lines.push(line), failed: () => undefined },
  };
  const server = http.createServer((_request, response) => response.end("plain"));
  const { listener, cut } = upgrades(options, next);
  server.on("upgrade", listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string, upgrade = "websocket", more = "") => {
    const socket = net.connect(port, "127.0.0.1");
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n${more}\r\n`,
    );
    let text = "";
    for await (const chunk of socket) text += chunk;
    return text.split("\r\n", 1)[0];
  };
  return { ask, cut, lines, server, port };
}

test("a registered path is ours, everything else is Next's, once it listens", async () => {
  registerUpgrade("/ws/S", (_request, socket) => answer(socket, "ours"));
  const next = new EventEmitter();
  const { ask, lines } = await start(next);
  expect(await ask("/_next/hmr?id=1")).toBe("HTTP/1.1 404 Not Found");
  next.on("upgrade", (_request: http.IncomingMessage, socket: Duplex) => answer(socket, "next"));
  expect(await ask("/_next/hmr?id=1")).toBe("HTTP/1.1 101 next");
  expect(await ask("/ws/other")).toBe("HTTP/1.1 101 next");
  expect(await ask("/ws/S/secret?shell=bash", "websocket", "X-Forwarded-For: 192.0.2.9\r\n")).toBe(
    "HTTP/1.1 101 ours",
  );
  // The credential in the path is in no log.
  await vi.waitFor(() => expect(lines).toHaveLength(1), patience);
  expect(lines).toMatchObject([{ path: "/ws/S/…", address: "192.0.2.9", status: 101 }]);
});

test("what nobody takes is not left hanging", async () => {
  const { ask } = await start();
  expect(await ask("/nowhere")).toBe("HTTP/1.1 404 Not Found");
});

test("who asks for another protocol than WebSocket is answered in the one that is spoken", async () => {
  const { server, port } = await start();
  server.removeAllListeners("request");
  server.on("request", async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    response.end([method, url, headers["x-name"], headers.upgrade, body].join(" "));
  });
  const socket = net.connect(port, "127.0.0.1");
  endings.push(() => socket.destroy());
  const answers: string[] = [];
  socket.setEncoding("utf8").on("data", (text: string) => answers.push(text));
  const head = (more: string) =>
    `POST /ingest?a=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\nX-Name: M\u00fcller\r\n${more}`;
  socket.write(head("Content-Length: 11\r\n\r\nhello"), "latin1");
  await once(server, "upgrade");
  socket.write(" world");
  await vi.waitFor(
    () => expect(answers.join("")).toContain("POST /ingest?a=1 M\u00fcller  hello world"),
    patience,
  );
  // And the next one on the same connection, which is its last.
  const ended = once(socket, "end");
  socket.write(head("Transfer-Encoding: chunked\r\n\r\n5\r\nagain\r\n0\r\n\r\n"), "latin1");
  await vi.waitFor(() => expect(answers.join("")).toContain("POST /ingest?a=1 M\u00fcller  again"), patience);
  await ended;
});

test("who is refused holds no connection, even without ending it", async () => {
  const { server, port } = await start();
  const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  endings.push(() => socket.destroy());
  socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await once(socket.resume(), "end");
  await vi.waitFor(async () => {
    const open = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    expect(open).toBe(0);
  }, patience);
});

test("what a handler throws ends the connection alone; what is open can be cut", async () => {
  registerUpgrade("/ws/broken", () => {
    throw new Error("broken");
  });
  let taken: (() => void) | undefined;
  const isTaken = new Promise<void>((resolve) => {
    taken = resolve;
  });
  registerUpgrade("/ws/quiet", () => taken?.());
  const { ask, cut } = await start();
  expect(await ask("/ws/broken")).toBe("");
  const quiet = ask("/ws/quiet");
  await isTaken;
  cut();
  expect(await quiet).toBe("");
});
