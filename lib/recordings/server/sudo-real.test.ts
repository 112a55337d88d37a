import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usualSudoTimes } from "@/lib/recordings/server/sudo-connection.ts";
import type { SudoPeer } from "@/lib/recordings/server/sudo-doorkeeper.ts";
import { type SudoServer, startSudoServer } from "@/lib/recordings/server/sudo-server.ts";
import { realSudo, SudoUser } from "@/lib/recordings/server/test-sudo.ts";
import { FrameReader, frameOf } from "@/lib/recordings/sudo/frames.ts";
import { readServerMessage } from "@/lib/recordings/sudo/test-client.ts";
import { MemorySessions } from "@/lib/recordings/test-sessions.ts";

const { isAsked, obstacle } = realSudo();
const run = promisify(execFile);

describe.runIf(isAsked)("the sudo of this machine", () => {
  const sessions = new MemorySessions();
  const peers: SudoPeer[] = [];
  const failures: unknown[] = [];
  const user = new SudoUser();
  let folder: string;
  let server: SudoServer;

  beforeAll(async () => {
    if (obstacle) throw new Error(obstacle);
    folder = mkdtempSync(path.join(os.tmpdir(), "daybook-sudo-"));
    server = await startSudoServer({
      plain: { host: "127.0.0.1", port: 0, from: ["127.0.0.1"] },
      admit: async (peer) => {
        peers.push(peer);
        return sessions;
      },
      report: (error) => failures.push(error),
      times: { ...usualSudoTimes, commit: 50 },
    });
    // Without TLS: Debian builds its sudo without it.
    user.create([
      `log_servers="127.0.0.1:${server.plainPort}"`,
      "log_output, log_input",
      "log_subcmds, log_exit_status",
    ]);
  });

  afterAll(async () => {
    // Without the set-up there is nothing to take away.
    if (obstacle) return;
    user.remove();
    rmSync(folder, { recursive: true });
    await server?.close();
    expect(failures).toEqual([]);
  });

  it("sends a command with its output, its sub-commands and its end", async () => {
    const { code, output } = await user.run(["sh", "-c", "echo out; echo err >&2; /bin/true; exit 3"]).done;
    expect(code).toBe(3);
    // Two pipes: which of the lines comes first is nobody's promise.
    expect(output.split("\n").toSorted()).toEqual(["", "err", "out"]);
    const session = sessions.opened.at(-1);
    expect(session?.facts).toMatchObject({ user: user.name, targetUser: "root", cwd: "/", tty: null });
    expect(session?.text().split("\r\n").toSorted()).toEqual(["", "err", "out"]);
    expect(session?.commands.map(({ command, denied }) => [command, denied])).toEqual([["/bin/true", null]]);
    expect(session?.ended).toMatchObject({ exitCode: 3, signal: null });
    expect(peers.at(-1)).toEqual({ address: "127.0.0.1", certificate: null });
  });

  it("sends what it refused", async () => {
    expect((await user.run(["/usr/bin/passwd"]).done).code).toBe(1);
    expect(sessions.incidents.at(-1)).toMatchObject({
      what: "refused",
      reason: "command not allowed",
      user: user.name,
      command: "/usr/bin/passwd",
    });
  });

  it("sends a shell as it happens, and End session ends it", async () => {
    const before = sessions.opened.length;
    const { stdin, done } = user.run(["sh"], true);
    const session = await sessions.until(() => sessions.opened[before]);
    await sessions.until(() => session.text().includes("# "));
    stdin.write("stty size; /bin/echo $((6 * 7)) wörld\n");
    await sessions.until(() => session.text().includes("\n42 wörld"));
    expect(session.facts).toMatchObject({ columns: 100, rows: 30 });
    expect(session.facts.tty).toMatch(/^\/dev\/pts\/\d+$/);
    expect(session.text()).toContain("30 100");
    expect(session.text("i")).toContain("stty size");
    expect(session.commands.map(({ command }) => command)).toContain("/bin/echo");
    expect(session.ended).toBeUndefined();
    const within = `/bin/sleep 999${process.pid}`;
    stdin.write(`${within}\n`);
    await expect.poll(runningCommands).toContain(within);
    await session.kill("ended by admin@example.org: lunch");
    const { code, output } = await done;
    // What the shell ran loses its terminal and is hung up.
    await expect.poll(runningCommands).not.toContain(within);
    expect(code).not.toBe(0);
    expect(output).toContain("ended by admin@example.org: lunch");
    await sessions.until(() => session.ended);
    expect(session.lostFor).toBeUndefined();
  });

  it("has the command that runs without a terminal ended, too", async () => {
    const before = sessions.opened.length;
    const seconds = `1000.${process.pid}`;
    const { done } = user.run(["sleep", seconds]);
    const session = await sessions.until(() => sessions.opened[before]);
    await expect.poll(runningCommands).toContain(`sleep ${seconds}`);
    await session.kill("ended by admin@example.org: lunch");
    expect((await done).output).toContain("ended by admin@example.org: lunch");
    await expect.poll(runningCommands).not.toContain(`sleep ${seconds}`);
    await sessions.until(() => session.ended);
  });

  it("sends a recording that was cut off, from where it was cut off (sudo_sendlog)", async () => {
    const log = path.join(folder, "iolog");
    mkdirSync(log);
    writeFileSync(path.join(log, "log"), "1795250780:ann:root::/dev/pts/1:24:80\n/home/ann\n/bin/sh\n");
    writeFileSync(path.join(log, "timing"), "4 0.100000001 4\n4 1.000000777 4\n4 0.500000333 5\n");
    writeFileSync(path.join(log, "ttyout"), "one\ntwo\nthree");
    for (const name of readdirSync(log)) chmodSync(path.join(log, name), 0o600);
    const before = sessions.opened.length;
    const send = (port: number, ...args: string[]) =>
      run("/usr/sbin/sudo_sendlog", ["-h", "127.0.0.1", "-p", String(port), ...args, log]);
    // Hello, the command, two buffers; then the third never comes.
    const line = await cutLine(server.plainPort, 4, "1,100000778");
    await expect(send(line.port)).rejects.toThrow("commit point received from server [1, 100000778]");
    line.close();
    const session = await sessions.until(
      () => sessions.opened[before]?.lostFor !== undefined && sessions.opened[before],
    );
    expect(session.text()).toBe("one\ntwo\n");
    await send(server.plainPort, "-r", "1,100000778", "-i", session.logId);
    expect(session.text()).toBe("one\ntwo\nthree");
    expect(session.events.map(([timeUs]) => timeUs)).toEqual([100_000, 1_100_000, 1_600_001]);
    expect(session.ended).toMatchObject({ exitCode: 0 });
  });
});

/** A line to the server that lets so many messages through and breaks at a commit point. */
async function cutLine(port: number, messages: number, point: string) {
  const line = net.createServer((client) => {
    const server = net.connect(port, "127.0.0.1");
    const [toServer, toClient] = [new FrameReader(), new FrameReader()];
    for (const socket of [client, server]) socket.on("error", () => undefined);
    client.on("data", (chunk) => {
      for (const frame of toServer.push(chunk)) {
        if (toServer.finished <= messages) server.write(frameOf(frame));
      }
    });
    server.on("data", (chunk) => {
      for (const frame of toClient.push(chunk)) {
        client.write(frameOf(frame));
        const message = readServerMessage(frame);
        if (
          "commitPoint" in message &&
          `${message.commitPoint.tvSec},${message.commitPoint.tvNsec}` === point
        ) {
          server.resetAndDestroy();
          client.end();
        }
      }
    });
  });
  line.listen(0, "127.0.0.1");
  await once(line, "listening");
  return { port: (line.address() as net.AddressInfo).port, close: () => line.close() };
}

describe.runIf(!isAsked)("the sudo of this machine is left alone", () => {
  it(obstacle ?? "", () => {
    expect(isAsked).toBe(false);
  });
});

function runningCommands(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      } catch (error) {
        // It has ended since the folder was read.
        if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH"].includes(String(error.code)))
          return "";
        throw error;
      }
    });
}
