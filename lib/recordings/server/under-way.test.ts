import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import type { LiveSession } from "../live-session.ts";
import { listRecordedPeople, listRecordings } from "./list.ts";
import { liveSessionsOf } from "./live-store.ts";
import { sessionsStream } from "./under-way.ts";

let installation: TestInstallation;
let source: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
});
afterAll(async () => {
  await installation.remove();
});

function open(user: string): Promise<LiveSession> {
  return liveSessionsOf(source).open({
    kind: "asciinema",
    recordId: "stream 1",
    at: "2026-11-21T10:00:00.000001Z",
    user,
    targetUser: null,
    target: "web-1",
    command: null,
    argv: null,
    cwd: null,
    tty: null,
    original: {},
    columns: 80,
    rows: 24,
    title: null,
    isRecorded: true,
    killEnds: "stream",
  });
}

const over = { exitCode: null, signal: null, dumpedCore: false, error: null };

/** The versions that a stream tells, one after the other. */
function versions(users?: string[]) {
  const leave = new AbortController();
  const scope = { organizationId: installation.organizationId, ...(users && { users }) };
  let endReading = (): void => undefined;
  const stream = sessionsStream(scope, leave.signal, (end) => {
    endReading = end;
    return () => undefined;
  });
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const [whole, version] = /event: sessions\ndata: (\S+)\n\n/.exec(text) ?? [];
      if (whole !== undefined) {
        text = text.slice(text.indexOf(whole) + whole.length);
        return version;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
  };
  return { next, leave: () => leave.abort(), endReading: () => endReading(), rest: () => text };
}

it("tells lists when sessions begin and end, and only those who may see them", async () => {
  const everybody = versions();
  const others = versions(["bob"]);
  const first = await everybody.next();
  const quiet = await others.next();
  const session = await open("ann");
  const second = await everybody.next();
  expect(second).not.toBe(first);
  const scope = { organizationId: installation.organizationId };
  expect(await listRecordedPeople(scope)).toMatchObject([{ user: "ann", count: 1, live: 1 }]);
  expect(await listRecordings(scope, { live: true, limit: 5 })).toMatchObject([
    { user: "ann", state: "live" },
  ]);
  expect(await listRecordings(scope, { live: false, limit: 5 })).toEqual([]);
  await session.end({ at: "2026-11-21T10:00:05.000000Z", ...over });
  const third = await everybody.next();
  expect(third).not.toBe(second);
  expect(await listRecordings(scope, { live: true, limit: 5 })).toEqual([]);
  // Bob is told of his own alone: his first version after the one he had is that of his session.
  await open("bob");
  expect(await others.next()).not.toBe(quiet);
  others.leave();
  expect(await others.next()).toBeUndefined();
  everybody.endReading();
  while ((await everybody.next()) !== undefined);
  expect(everybody.rest()).toContain("event: ended");
});
