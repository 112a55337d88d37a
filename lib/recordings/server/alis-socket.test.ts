import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type AlisMessage, alisMagic, encodeAlis } from "@/lib/recordings/alis.ts";
import { SessionRefused } from "@/lib/recordings/live-session.ts";
import type { StreamLimits } from "@/lib/recordings/server/alis-connection.ts";
import {
  StreamSocket,
  type StreamSocketOptions,
  usualStreamLimits,
} from "@/lib/recordings/server/alis-socket.ts";
import { MemorySessions } from "@/lib/recordings/test-sessions.ts";

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A server with one stream, `tok`. */
async function start(
  limits: Partial<StreamLimits> = {},
  admit?: StreamSocketOptions["admit"],
  allowed?: StreamSocketOptions["allowed"],
) {
  const sessions = new MemorySessions();
  const failures: unknown[] = [];
  const streams = new StreamSocket({
    admit:
      admit ??
      (async (token) => {
        if (token !== "tok") return null;
        const open = sessions.opened.findLast(({ ended }) => ended === undefined);
        const openLogId = open?.logId ?? null;
        return { sessions, recordId: "stream-1", openLogId, user: "ann", target: "web-1", title: "on call" };
      }),
    ...(allowed && { allowed }),
    report: (error) => failures.push(error),
    limits: { ...usualStreamLimits, ...limits },
  });
  const server = http.createServer();
  server.on("upgrade", (request, socket, head) => {
    if (streams.serves(request.url ?? "")) streams.upgrade(request, socket, head, "192.0.2.7");
    else socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(async () => {
    await streams.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const connect = async (protocols: string[] = ["v1.alis"], token = "tok") => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/S/${token}`, protocols);
    endings.push(async () => socket.terminate());
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    await once(socket, "open");
    return { socket, closed };
  };
  return { sessions, failures, streams, connect };
}

const init = (others: Partial<Extract<AlisMessage, { type: "init" }>> = {}) =>
  encodeAlis({ type: "init", lastId: 0, time: 0, columns: 80, rows: 24, theme: null, screen: "", ...others });
const output = (id: number, text: string, time = 1000) => encodeAlis({ type: "output", id, time, text });
const begin = (socket: WebSocket, ...messages: Uint8Array[]) => {
  for (const message of [alisMagic, ...messages]) socket.send(message);
};

describe("a stream of asciinema", () => {
  it("has one producer at a time, of several that connect at once too", async () => {
    let allowed = true;
    const { sessions, connect } = await start(
      {},
      undefined,
      async (tokens) => new Set(allowed ? tokens : []),
    );
    const producers = await Promise.all([connect(), connect(), connect()]);
    for (const { socket } of producers) begin(socket, init());
    await sessions.until(() => sessions.opened[0]);
    const first = await Promise.race([...producers.map(({ closed }) => closed)]);
    expect(first.code).toBe(4002);
    allowed = false;
    const codes = (await Promise.all(producers.map(({ closed }) => closed))).map(({ code }) => code);
    expect(codes.sort()).toEqual([4000, 4002, 4002]);
  });

  it("is stored as it comes and ends with its close", async () => {
    const { sessions, connect } = await start();
    const { socket, closed } = await connect(["v3.asciicast", "v1.alis"]);
    expect(socket.protocol).toBe("v1.alis");
    begin(
      socket,
      init({ screen: "$ " }),
      output(1, "世界"),
      encodeAlis({ type: "resize", id: 2, time: 10, columns: 100, rows: 30 }),
      encodeAlis({ type: "input", id: 3, time: 10, text: "q" }),
      encodeAlis({ type: "marker", id: 4, time: 10, text: "here" }),
      encodeAlis({ type: "exit", id: 5, time: 10, status: 2 }),
    );
    socket.close(1000, "ended");
    await closed;
    const session = await sessions.until(() => sessions.opened[0]?.ended && sessions.opened[0]);
    expect(session.facts).toMatchObject({
      kind: "asciinema",
      recordId: "stream-1",
      user: "ann",
      target: "web-1",
      title: "on call",
      columns: 80,
      rows: 24,
      killEnds: "stream",
    });
    expect(session.events).toEqual([
      [0, "o", "$ "],
      [1000, "o", "世界"],
      [1010, "r", "100x30"],
      [1020, "i", "q"],
      [1030, "m", "here"],
      [1040, "x", "2"],
    ]);
    expect(session.ended).toMatchObject({ exitCode: 2, error: null });
    expect(session.lostFor).toBeUndefined();
  });

  it("goes on after a lost connection, with the screen and what was missed", async () => {
    const { sessions, connect } = await start();
    const first = await connect();
    begin(first.socket, init(), output(1, "a"));
    await sessions.until(() => sessions.opened[0]?.text() === "a");
    first.socket.terminate();
    await sessions.until(() => sessions.opened[0]?.lostFor);
    const second = await connect();
    begin(
      second.socket,
      init({ lastId: 4, time: 9000, columns: 100, rows: 30, screen: "abcd" }),
      output(5, "e", 500),
    );
    second.socket.close(1000);
    await sessions.until(() => sessions.opened[0]?.ended);
    expect(sessions.opened).toHaveLength(1);
    expect(sessions.opened[0]?.events).toEqual([
      [1000, "o", "a"],
      [9000, "m", "Reconnected; 3 events were missed"],
      [9000, "r", "100x30"],
      [9000, "o", "\u001bcabcd"],
      [9500, "o", "e"],
    ]);
  });

  it("never goes back in time", async () => {
    const { sessions, connect } = await start();
    const { socket } = await connect(["v2.asciicast"]);
    socket.send('{"version":2,"width":80,"height":24}\n[2,"o","a"]\n[1,"o","b"]');
    await sessions.until(() => sessions.opened[0]?.text() === "ab");
    expect(sessions.opened[0]?.events.map(([timeUs]) => timeUs)).toEqual([2_000_000, 2_000_000]);
  });

  it("is told to end, and does not come back", async () => {
    const { sessions, connect } = await start();
    const { socket, closed } = await connect();
    begin(socket, init(), output(1, "a"));
    const session = await sessions.until(() => sessions.opened[0]?.text() === "a" && sessions.opened[0]);
    await session.kill(`ended by admin@example.org: ${"ü".repeat(200)}`);
    const { code, reason } = await closed;
    expect(code).toBe(4000);
    expect(reason).toMatch(/^ended by admin@example\.org: ü+$/);
    await sessions.until(() => session.ended);
    expect(session.ended).toMatchObject({ error: "The stream was told to end" });
    await expect(session.kill("again")).rejects.toThrow("The producer is not connected");
  });

  it("of whoever connects last goes on", async () => {
    const { sessions, connect } = await start();
    const first = await connect();
    begin(first.socket, init(), output(1, "a"));
    await sessions.until(() => sessions.opened[0]?.text() === "a");
    const second = await connect();
    expect(await first.closed).toMatchObject({ code: 4002 });
    begin(second.socket, init({ lastId: 1, time: 5000 }), output(2, "b"));
    await sessions.until(() => sessions.opened[0]?.text().endsWith("b"));
    expect(sessions.opened).toHaveLength(1);
  });

  it("waits for the storing side and loses nothing", async () => {
    const { sessions, connect } = await start();
    const { socket } = await connect(["raw"]);
    socket.send("a");
    const session = await sessions.until(() => sessions.opened[0]?.text() === "a" && sessions.opened[0]);
    let makeRoom = () => {};
    session.room = new Promise((resolve) => {
      makeRoom = resolve;
    });
    for (let index = 0; index < 40; index++) socket.send("x".repeat(1 << 20));
    socket.close(1000);
    makeRoom();
    await sessions.until(() => session.ended);
    expect(session.text()).toHaveLength(1 + (40 << 20));
  });

  it("is asked to come back when the server ends or cannot store it", async () => {
    const ending = await start();
    const first = await ending.connect();
    begin(first.socket, init(), output(1, "a"));
    await ending.sessions.until(() => ending.sessions.opened[0]?.text() === "a");
    await ending.streams.close();
    expect(await first.closed).toEqual({ code: 1012, reason: "Daybook is shutting down" });
    expect(ending.sessions.opened[0]?.lostFor).toBe("Daybook is shutting down");

    const full = await start();
    const second = await full.connect();
    begin(second.socket, init());
    const session = await full.sessions.until(() => full.sessions.opened[0]);
    session.failure = new Error("no space left on /var/lib/daybook");
    second.socket.send(output(1, "a"));
    expect(await second.closed).toEqual({
      code: 1011,
      reason: "Daybook cannot store this stream; its log says why",
    });
    expect(full.failures).toContain(session.failure);
  });
});

describe("a stream is refused", () => {
  it("with 4040 when nobody knows its address, with the reason when it is not allowed", async () => {
    const { connect } = await start();
    expect(await (await connect(["v1.alis"], "nobody")).closed).toEqual({
      code: 4040,
      reason: "No such stream",
    });
    const refusing = await start({}, () => Promise.reject(new SessionRefused("The source is disabled")));
    expect(await (await refusing.connect()).closed).toEqual({ code: 4000, reason: "The source is disabled" });
    const broken = await start({}, () => Promise.reject(new Error("no database")));
    expect(await (await broken.connect()).closed).toMatchObject({ code: 1011 });
    expect(broken.failures).toHaveLength(1);
  });

  it("with 400 when no protocol of it is known", async () => {
    const { connect } = await start();
    await expect(connect(["v9.alis"])).rejects.toThrow("400");
  });

  it("with 4101 when no header comes", async () => {
    const { connect } = await start({ header: 30 });
    expect(await (await connect()).closed).toMatchObject({ code: 4101 });
  });

  it("with 4003 when its terminal is too large, at the start and later", async () => {
    const { sessions, connect } = await start();
    const first = await connect();
    begin(first.socket, init({ columns: 721 }));
    expect(await first.closed).toEqual({ code: 4003, reason: "A terminal of 721x24 is larger than 720x200" });
    const second = await connect();
    begin(
      second.socket,
      init(),
      output(1, "kept"),
      encodeAlis({ type: "resize", id: 2, time: 1, columns: 80, rows: 201 }),
    );
    expect(await second.closed).toMatchObject({ code: 4003 });
    expect(await sessions.until(() => sessions.opened[0]?.lostFor)).toContain("larger than");
    expect(sessions.opened[0]?.text()).toBe("kept");
  });

  it("with 4004 when it sends too much", async () => {
    const { connect } = await start({ burst: 1000, bytesPerSecond: 1 });
    const { socket, closed } = await connect(["raw"]);
    socket.send("x".repeat(2000));
    expect(await closed).toMatchObject({ code: 4004 });
  });

  it("with 4005 and the reason when it cannot be read", async () => {
    const { connect } = await start();
    const { socket, closed } = await connect();
    begin(socket, init(), Uint8Array.of(0x7a));
    expect(await closed).toEqual({ code: 4005, reason: "a message of the unknown type 0x7a" });
  });

  it("with 1009 when a message is too large", async () => {
    const { connect } = await start({ message: 1000 });
    const { socket, closed } = await connect(["raw"]);
    socket.send("x".repeat(2000));
    expect(await closed).toMatchObject({ code: 1009 });
  });

  it("when it no longer answers", async () => {
    const { sessions, connect } = await start({ ping: 30 });
    const { socket } = await connect();
    begin(socket, init(), output(1, "a"));
    await sessions.until(() => sessions.opened[0]?.text() === "a");
    socket.pause();
    expect(await sessions.until(() => sessions.opened[0]?.lostFor)).toBe("The producer went away (1006)");
  });
});
