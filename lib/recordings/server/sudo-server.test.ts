import net from "node:net";
import tls from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { SessionRefused } from "@/lib/recordings/live-session.ts";
import { usualSudoTimes } from "@/lib/recordings/server/sudo-connection.ts";
import type { SudoPeer } from "@/lib/recordings/server/sudo-doorkeeper.ts";
import {
  type SudoServer,
  type SudoServerOptions,
  startSudoServer,
} from "@/lib/recordings/server/sudo-server.ts";
import { testCertificates } from "@/lib/recordings/server/test-certificates.ts";
import { SudoTestClient } from "@/lib/recordings/server/test-sudo-client.ts";
import { acceptMsg } from "@/lib/recordings/sudo/test-client.ts";
import { MemorySessions } from "@/lib/recordings/test-sessions.ts";

const servers: SudoServer[] = [];
const sockets: net.Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: Partial<SudoServerOptions> = {}) {
  const sessions = new MemorySessions();
  const failures: unknown[] = [];
  const server = await startSudoServer({
    plain: { host: "127.0.0.1", port: 0, from: ["127.0.0.0/8"] },
    admit: async () => sessions,
    report: (error) => failures.push(error),
    times: { ...usualSudoTimes, commit: 20 },
    ...options,
  });
  servers.push(server);
  const connect = () => {
    const socket = net.connect(server.plainPort, "127.0.0.1");
    sockets.push(socket);
    return new SudoTestClient(socket);
  };
  return { sessions, failures, server, connect };
}

const times = (others: Partial<typeof usualSudoTimes>) => ({
  times: { ...usualSudoTimes, commit: 20, ...others },
});
const out = (text: string) => ({ ttyoutBuf: { delay: { tvNsec: 1_234_567 }, data: Buffer.from(text) } });
const exit = { exitMsg: { runTime: { tvSec: 1 }, exitValue: 0 } };

describe("a session over TCP", () => {
  it("is greeted, named, committed as it goes and at its end", async () => {
    const { sessions, connect } = await start();
    const client = connect();
    expect(await client.next()).toEqual({ hello: { serverId: "Daybook", subcommands: true } });
    client.send({ helloMsg: { clientId: "sudoers 1.9.13p3" } }, acceptMsg(), out("a"));
    expect(await client.next()).toEqual({ logId: "log-1" });
    expect(await client.next()).toEqual({ commitPoint: { tvNsec: 1_234_567 } });
    client.send(out("b"), exit);
    expect(await client.until("commitPoint")).toEqual({ commitPoint: { tvNsec: 2_469_134 } });
    await client.closed;
    expect(sessions.opened[0]?.text()).toBe("ab");
    expect(sessions.opened[0]?.ended).toMatchObject({ exitCode: 0 });
    expect(sessions.opened[0]?.lostFor).toBeUndefined();
  });

  it("goes on at its last commit point after the connection was cut", async () => {
    const { sessions, connect } = await start();
    const first = connect();
    first.send(acceptMsg(), out("a"));
    const { logId } = await first.until("logId");
    const { commitPoint: resumePoint } = await first.until("commitPoint");
    first.send(out("b"));
    await sessions.until(() => sessions.opened[0]?.text() === "ab");
    first.socket.resetAndDestroy();
    await sessions.until(() => sessions.opened[0]?.lostFor !== undefined);
    const second = connect();
    second.send({ restartMsg: { logId, resumePoint } }, out("b"), out("c"), exit);
    await second.closed;
    expect(sessions.opened[0]?.text()).toBe("abc");
    expect(sessions.opened[0]?.ended).toMatchObject({ exitCode: 0 });
  });

  it("keeps all that came, however the connection ends and whatever takes its time", async () => {
    const { sessions, connect } = await start();
    const client = connect();
    await client.until("hello");
    let open = () => {};
    const opening = new Promise<void>((resolve) => {
      open = resolve;
    });
    const original = sessions.open.bind(sessions);
    sessions.open = async (facts) => {
      await opening;
      return original(facts);
    };
    client.send(acceptMsg());
    client.send(...Array.from({ length: 1000 }, () => out("0123456789")));
    await new Promise<void>((resolve) => client.socket.end(() => resolve()));
    client.socket.resetAndDestroy();
    open();
    const session = await sessions.until(
      () => sessions.opened[0]?.lostFor !== undefined && sessions.opened[0],
    );
    expect(session.text()).toHaveLength(10_000);
  });

  it("is told to end, and its end is kept whether or not the host says how it went", async () => {
    const { sessions, connect } = await start(times({ abort: 30, farewell: 30 }));
    const answering = connect();
    answering.send(acceptMsg(), out("a"));
    await (await sessions.until(() => sessions.opened[0])).kill("ended by ann: lunch");
    expect(await answering.until("abort")).toEqual({ abort: "ended by ann: lunch" });
    answering.send({ exitMsg: { signal: "KILL", exitValue: 137 } });
    await answering.closed;
    expect(sessions.opened[0]?.ended).toMatchObject({ signal: "KILL" });

    const silent = connect();
    silent.send(acceptMsg(), out("a"));
    await (await sessions.until(() => sessions.opened[1])).kill("ended by ann: lunch");
    await silent.closed;
    await sessions.until(() => sessions.opened[1]?.ended);
    expect(sessions.opened[1]?.ended).toMatchObject({ exitCode: null, signal: null });
  });

  it("cannot be told to end when it has ended", async () => {
    const { sessions, connect } = await start();
    const client = connect();
    client.send(acceptMsg(), exit);
    await client.closed;
    await expect(sessions.opened[0]?.kill("too late")).rejects.toThrow("The session has ended");
  });

  it("waits while the storing side has no room, without taking in more", async () => {
    const { sessions, connect } = await start();
    const client = connect();
    client.send(acceptMsg(), out("a"));
    const session = await sessions.until(() => sessions.opened[0]?.text() === "a" && sessions.opened[0]);
    let makeRoom = () => {};
    session.room = new Promise((resolve) => {
      makeRoom = resolve;
    });
    const block = out("x".repeat(1 << 20));
    for (let index = 0; index < 64; index++) client.send(block);
    client.send(exit);
    await new Promise((resolve) => client.socket.once("drain", resolve).once("data", resolve));
    expect(client.socket.writableLength).toBeGreaterThan(32 << 20);
    makeRoom();
    await client.closed;
    expect(session.text()).toHaveLength(1 + (64 << 20));
  });

  it("that cannot be stored is refused with a word, and the reason is ours to know", async () => {
    const { sessions, failures, connect } = await start();
    const client = connect();
    client.send(acceptMsg());
    const session = await sessions.until(() => sessions.opened[0]);
    session.failure = Object.assign(new Error("no space left on /var/lib/daybook"), { code: "ENOSPC" });
    client.send(out("a"));
    expect(await client.until("error")).toEqual({
      error: "Daybook cannot store this session; its log says why",
    });
    await client.closed;
    expect(failures).toContain(session.failure);
  });

  it("gets its last commit point when the server ends", async () => {
    const { sessions, server, connect } = await start(times({ commit: 60_000 }));
    const client = connect();
    client.send(acceptMsg(), out("a"));
    await sessions.until(() => sessions.opened[0]?.text() === "a");
    const closing = server.close();
    expect(await client.until("commitPoint")).toEqual({ commitPoint: { tvNsec: 1_234_567 } });
    expect(await client.until("error")).toEqual({ error: "Daybook is shutting down" });
    client.socket.destroy();
    await closing;
    expect(sessions.opened[0]?.lostFor).toBe("Daybook is shutting down");
  });
});

describe("who may not", () => {
  const refusal = async (client: SudoTestClient) => (await client.until("error")).error;

  it("is told why: an address that is not listed, a host that is no source, one that is refused", async () => {
    const unlisted = await start({ plain: { host: "127.0.0.1", port: 0, from: ["192.0.2.0/24", "::1"] } });
    expect(await refusal(unlisted.connect())).toBe("Daybook takes no unencrypted sessions from this address");
    const unknown = await start({ admit: async () => null });
    expect(await refusal(unknown.connect())).toBe("This host is no source of Daybook");
    const paused = await start({
      admit: () => Promise.reject(new SessionRefused("The source web-1 is disabled")),
    });
    expect(await refusal(paused.connect())).toBe("The source web-1 is disabled");
    expect(paused.failures).toEqual([]);
    const broken = await start({ admit: () => Promise.reject(new Error("no database")) });
    expect(await refusal(broken.connect())).toBe("Daybook cannot take sessions now");
    expect(broken.failures).toHaveLength(1);
  });

  it("is told why: one connection too many", async () => {
    const { connect } = await start({ most: { connections: 10, perAddress: 1 } });
    const first = connect();
    await first.until("hello");
    expect(await refusal(connect())).toBe("Daybook has no room for another session of this host");
    first.socket.destroy();
  });

  it("is told why: what is no protocol, too long, or too slow", async () => {
    const { connect } = await start(times({ start: 50, message: 50, farewell: 50 }));
    const http = connect();
    http.socket.write("GET / HTTP/1.1\r\n\r\n");
    expect(await refusal(http)).toMatch("is longer than 2097152");
    await http.closed;
    const silent = connect();
    expect(await refusal(silent)).toBe("no command came");
    await silent.closed;
    const slow = connect();
    slow.send(acceptMsg());
    slow.socket.write(Buffer.from([0, 0, 0]));
    expect(await refusal(slow)).toBe("a message took too long");
    await slow.closed;
  });

  it("cannot be listed wrongly", async () => {
    for (const from of ["web-1", "10.0.0.0/33", "10.0.0.0/x", "::/129"]) {
      await expect(start({ plain: { host: "127.0.0.1", port: 0, from: [from] } })).rejects.toThrow(
        `${from} is no IP address or range`,
      );
    }
  });
});

describe("over TLS", () => {
  const { authority: ca, serverCertificate, serverKey, ...clients } = testCertificates;
  const options = { host: "127.0.0.1", port: 0, cert: serverCertificate, key: serverKey, ca };

  async function connectTls(identity: { cert: string; key: string } | undefined) {
    const peers: SudoPeer[] = [];
    const sessions = new MemorySessions();
    const admit = async (peer: SudoPeer) => {
      peers.push(peer);
      return sessions;
    };
    const { server } = await start({ tls: options, admit });
    const socket = tls.connect({ port: server.tlsPort, host: "127.0.0.1", ca, ...identity });
    sockets.push(socket);
    return { client: new SudoTestClient(socket), peers, sessions };
  }

  it("the client's certificate names the source", async () => {
    const { client, peers, sessions } = await connectTls({
      cert: clients.clientCertificate,
      key: clients.clientKey,
    });
    client.send(acceptMsg(), out("a"), exit);
    await client.closed;
    expect(sessions.opened[0]?.text()).toBe("a");
    expect(peers).toMatchObject([{ address: "127.0.0.1", certificate: { commonName: "web-1" } }]);
    expect(peers[0]?.certificate?.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it("nobody comes in without one, or with one that another authority has signed", async () => {
    const stranger = { cert: clients.strangerCertificate, key: clients.strangerKey };
    for (const [identity, reason] of [
      [undefined, "Daybook takes encrypted sessions only with a client certificate"],
      [stranger, "Daybook has not issued this host's client certificate"],
    ] as const) {
      const { client, peers } = await connectTls(identity);
      expect((await client.until("error")).error).toBe(reason);
      expect(peers).toEqual([]);
    }
  });
});
