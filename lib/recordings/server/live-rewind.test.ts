import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import type { LiveEvent, LiveSession } from "../live-session.ts";
import type { RecordingLine } from "../recording-line.ts";
import { play, playerTerminal, refusedByPlayer } from "../test-player.ts";
import { listRecordings } from "./list.ts";
import { liveFile } from "./live-file.ts";
import { screensFile } from "./live-history.ts";
import { liveIndex, liveSegment, requireSession } from "./live-rewind.ts";
import { liveSessionsOf } from "./live-store.ts";
import type { Watched } from "./stored-session.ts";

let installation: TestInstallation;
let source: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
});
afterAll(async () => {
  await installation.remove();
});

const facts = {
  targetUser: "root",
  target: "web-1",
  command: "/bin/bash",
  argv: ["-bash"],
  cwd: null,
  tty: null,
  original: {},
  columns: 40,
  rows: 10,
  title: null,
  isRecorded: true,
  killEnds: "command",
} as const;

async function open(kind: "sudo" | "asciinema", user: string) {
  const at = "2026-11-21T10:00:00.000001Z";
  const session = await liveSessionsOf(source).open({ ...facts, kind, at, user, recordId: `${user}/1` });
  const scope = { organizationId: installation.organizationId };
  const [line] = await listRecordings(scope, { user, limit: 1 });
  if (!line) throw new Error("There is a session");
  return { session, line };
}

const end = (session: LiveSession) =>
  session.end({
    at: "2026-11-21T10:09:00.000000Z",
    exitCode: null,
    signal: null,
    dumpedCore: false,
    error: null,
  });

/** All stretches, as the player asks for them with the addresses of the index. */
async function stretches(line: RecordingLine) {
  const index = liveIndex(line);
  const segments = await Promise.all(
    index.segments.map(({ url }) => {
      const [, place = "", query = ""] = /^segments\/(\d+)\?(.*)$/.exec(url) ?? [];
      return liveSegment(line, Number(place), new URLSearchParams(query));
    }),
  );
  return { index, segments };
}

const SECOND = 1_000_000;

it("plays what a session under way has shown, from any stretch on", async () => {
  const { session, line } = await open("asciinema", "ann");
  const events: LiveEvent[] = [];
  for (let at = 0; at < 400; at++) {
    const output = `\u001b[3${at % 8}mline ${at} 日本\r\n${at % 50 === 9 ? "\u001b[?1049hfull" : ""}${at % 50 === 20 ? "\u001b[?1049l" : ""}`;
    events.push([at * SECOND, "o", output]);
    if (at === 130) events.push([at * SECOND + 5, "r", "60x12"]);
  }
  for (let at = 0; at < events.length; at += 7) await session.write(events.slice(at, at + 7));
  const { index, segments } = await stretches(line);
  expect(refusedByPlayer(index, segments)).toEqual([]);
  expect(segments.length).toBeGreaterThan(5);
  const played = segments.flatMap((segment) => segment.events).filter(([, , data]) => data !== "");
  expect(played).toEqual(events.map(([timeUs, code, data]) => [timeUs / 1e6, code, data]));
  const through = playerTerminal(40, 10, "");
  for (const [place, { snapshot, events }] of segments.entries()) {
    const from = playerTerminal(snapshot.cols, snapshot.rows, snapshot.init);
    expect(from.rows(), `at the start of ${place}`).toEqual(through.rows());
    play(through, events);
    play(from, events);
    expect(from.rows(), `at the end of ${place}`).toEqual(through.rows());
  }

  // An index stays good while the session goes on.
  await session.write([[900 * SECOND, "o", "later\r\n"]]);
  const place = segments.length - 1;
  const before = new URLSearchParams(index.segments[place]?.url.split("?")[1]);
  expect(await liveSegment(line, place, before)).toEqual(segments[place]);
  expect((await stretches(line)).segments.length).toBe(segments.length + 1);
  expect(() => liveSegment(line, 0, new URLSearchParams("to=now"))).toThrow("must be the microseconds");
  await expect(liveSegment(line, 99, before)).rejects.toMatchObject({ status: 404 });

  expect(existsSync(screensFile(liveFile(line.id)))).toBe(true);
  await end(session);
  expect(existsSync(screensFile(liveFile(line.id)))).toBe(false);
  expect(() => liveIndex(line)).toThrow("The session is over");
});

it("has a first moment before anything was shown", async () => {
  const { session, line } = await open("asciinema", "eve");
  const { index, segments } = await stretches(line);
  expect(refusedByPlayer(index, segments)).toEqual([]);
  await end(session);
});

/** The list that somebody sees who puts together what they are told. */
function listFrom(line: RecordingLine): { list: () => string[]; stop: () => void } {
  let list: string[] = [];
  const stop = requireSession(line).watch((watched: Watched) => {
    if (watched.kind !== "commands") return;
    list = [...list.slice(0, watched.first), ...watched.commands.map(({ command }) => command)];
  });
  return { list: () => list, stop };
}

it("tells commands as they run, read off the terminal", async () => {
  const { session, line } = await open("asciinema", "bob");
  const early = listFrom(line);
  const prompt = "bob@web-1:~$ ";
  await session.write([[0, "o", prompt]]);
  await session.write([[SECOND, "o", "sleep 60\r\n"]]);
  expect(early.list()).toEqual(["sleep 60"]);
  await session.write([[2 * SECOND, "o", prompt]]);
  await session.write([[3 * SECOND, "o", "uname -a\r\nLinux\r\n"]]);
  await session.write([[4 * SECOND, "o", prompt]]);
  expect(early.list()).toEqual(["sleep 60", "uname -a"]);
  const late = listFrom(line);
  expect(late.list()).toEqual(early.list());
  expect(liveIndex(line).markers).toEqual([
    [1, "sleep 60"],
    [3, "uname -a"],
  ]);
  late.stop();
  // What scrolls by makes no difference to what comes after.
  await session.write([[5 * SECOND, "o", `seq 9000\r\n${"1\r\n".repeat(9000)}${prompt}`]]);
  await session.write([[6 * SECOND, "o", "id\r\nuid=0\r\n"]]);
  await session.write([[7 * SECOND, "o", prompt]]);
  expect(early.list()).toEqual(["sleep 60", "uname -a", "seq 9000", "id"]);
  await end(session);
});

it("tells commands that the source reports, and then no others", async () => {
  const { session, line } = await open("sudo", "kim");
  const watching = listFrom(line);
  expect(watching.list()).toEqual(["/bin/bash"]);
  await session.write([[0, "o", "root@web-1:~# "]]);
  await session.write([[SECOND, "o", "id\r\n"]]);
  expect(watching.list()).toEqual(["/bin/bash", "id"]);
  const at = "2026-11-21T10:00:01.000000Z";
  const more = { ...facts, at, user: "kim", command: "/usr/bin/id", argv: ["id"], timeUs: SECOND };
  await session.command({ ...more, recordId: "kim/2", denied: null });
  expect(watching.list()).toEqual(["/bin/bash", "/usr/bin/id"]);
  await session.write([[2 * SECOND, "o", "root@web-1:~# ls\r\n"]]);
  expect(watching.list()).toEqual(["/bin/bash", "/usr/bin/id"]);
  await end(session);
});
