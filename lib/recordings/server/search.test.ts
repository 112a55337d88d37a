import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import type { Scope } from "@/lib/logs/server/sql.ts";
import { type RecordingSearch, readSearchParameters } from "../search-parameters.ts";
import { searchRecordings } from "./search.ts";

let installation: TestInstallation;
let source: TestSource;
let other: TestSource;

type Made = {
  organizationId: string;
  id: string;
  user: string;
  target: string;
  startedAt: string;
  texts: string[];
};
const made: Made[] = [];
const users = ["ann@example.com", "ben@example.com", "Zoë O'Neil"];
const targets = ["web-1", "db-1"];
/** Over two years and a half, a few of them on one day: more than the first look takes in. */
const number = 600;
const newest = Date.parse("2026-11-20T10:00:00Z");

beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
  other = await testSource(installation.otherOrganizationId, "recordings");
  for (let place = 0; place < number; place++) make(place, installation.organizationId);
  make(0, installation.otherOrganizationId);
  await pool().query(
    `INSERT INTO recordings (organization_id, id, connection_id, source_id, started_at, user_name, target, kind, format,
       bytes, state, denied, duration_us)
     SELECT m.* FROM jsonb_to_recordset($1) AS m(a uuid, b uuid, c uuid, d uuid, e timestamptz, f text, g text, h text,
       i text, j bigint, k text, l boolean, m bigint)`,
    [
      JSON.stringify(
        made.map((one, place) => ({
          a: one.organizationId,
          b: one.id,
          c: one.id,
          d: one.organizationId === installation.organizationId ? source.id : other.id,
          e: one.startedAt,
          f: one.user,
          g: one.target,
          h: place % 5 === 0 ? "database" : "ssh",
          i: "asciicast v2",
          j: 1,
          k: "ready",
          l: place % 7 === 0,
          m: place * 1_000_000,
        })),
      ),
    ],
  );
  const chunks = made.flatMap(({ organizationId, id, texts }) =>
    texts.map((text, place) => ({ organizationId, id, place, text })),
  );
  await pool().query(
    `INSERT INTO recording_chunks (organization_id, recording_id, place, times, text)
     SELECT "organizationId", id, place, ARRAY[1000000, 2000000, 3000000], text
     FROM jsonb_to_recordset($1) AS m("organizationId" uuid, id uuid, place int, text text)`,
    [JSON.stringify(chunks)],
  );
});
afterAll(() => installation.remove());

function make(place: number, organizationId: string): void {
  const startedAt = new Date(newest - place * 37 * 3_600_000).toISOString().replace("Z", "000Z");
  const first = `$ cat /etc/hosts\neverywhere ${place % 97 === 5 ? "seldom" : "often"}\nGRÖSSE of 3%`;
  const second =
    place % 250 === 240
      ? "deep everywhere\nonly in old ones\nchroot हिन्दी Kafe\u0301"
      : "root@host\nnothing\nmore";
  made.push({
    organizationId,
    id: uuidv7(),
    user: users[place % 3] ?? "",
    target: targets[place % 2] ?? "",
    startedAt,
    texts: [first, second],
  });
}

/** Every text that a search finds, page by page. */
async function allOf(
  words: string,
  search: Partial<RecordingSearch>,
  scope: Scope = { organizationId: installation.organizationId },
) {
  const found: string[] = [];
  let after: RecordingSearch["after"];
  for (let page = 0; page < 100; page++) {
    const { hits, next } = await searchRecordings(scope, words, {
      limit: 37,
      ...search,
      ...(after && { after }),
    });
    found.push(...hits.map(({ recordingId, line }) => `${recordingId} ${line}`));
    if (!next) return found;
    after = next;
  }
  throw new Error("the pages have no end");
}

/** The same by looking at everything. */
function reference(word: string, keep: (one: Made, place: number) => boolean): string[] {
  return made
    .filter((one, place) => one.organizationId === installation.organizationId && keep(one, place))
    .flatMap(({ id, texts }) =>
      texts.flatMap((text) =>
        text
          .split("\n")
          .filter((line) =>
            line
              .toLowerCase()
              .split(/[^\p{L}\p{N}]+/u)
              .includes(word),
          )
          .map((line) => `${id} ${line}`),
      ),
    );
}

describe("searchRecordings", () => {
  it.each(["everywhere", "seldom", "deep", "chroot", "root", "grösse", "hosts", "nowhere"])(
    "finds %s in all recordings, the newest first, page by page",
    async (word) => {
      expect(await allOf(word, {})).toEqual(reference(word, () => true));
    },
  );
  it("finds within what the list is narrowed to", async () => {
    const [ann = "", , zoe = ""] = users;
    expect(await allOf("everywhere", { user: zoe })).toEqual(
      reference("everywhere", ({ user }) => user === zoe),
    );
    expect(await allOf("seldom", { target: "db-1" })).toEqual(
      reference("seldom", ({ target }) => target === "db-1"),
    );
    const [from, to] = ["2025-03-05T12:00:00.000000Z", "2026-01-02T03:04:05.000000Z"];
    expect(await allOf("everywhere", { from, to, user: ann })).toEqual(
      reference("everywhere", ({ startedAt, user }) => startedAt >= from && startedAt < to && user === ann),
    );
    expect(await allOf("everywhere", { denied: true })).toEqual(
      reference("everywhere", (_, place) => place % 7 === 0),
    );
    expect(await allOf("everywhere", { kind: "database" })).toEqual(
      reference("everywhere", (_, place) => place % 5 === 0),
    );
    expect(await allOf("everywhere", { longer: "2m", kind: "ssh" })).toEqual(
      reference("everywhere", (_, place) => place % 5 !== 0 && place >= 120),
    );
    const one = made[240];
    expect(await allOf("everywhere", { recordingId: one?.id ?? "" })).toEqual(
      reference("everywhere", ({ id }) => id === one?.id),
    );
  });
  it.each(["हिन्दी", "KAFE\u0301"])("finds %s, whose letters have marks of their own", async (word) => {
    const found = await allOf(word, {});
    expect(found.map((hit) => hit.slice(37))).toEqual(Array(2).fill("chroot हिन्दी Kafe\u0301"));
  });
  it("shows only what is the scope's", async () => {
    const { organizationId } = installation;
    const own = { organizationId, users: [users[1] ?? ""] };
    expect(await allOf("everywhere", {}, own)).toEqual(
      reference("everywhere", ({ user }) => user === users[1]),
    );
    expect(await allOf("everywhere", {}, { organizationId, users: [] })).toEqual([]);
    expect(await allOf("everywhere", { user: users[0] ?? "" }, own)).toEqual([]);
    const elsewhere = { organizationId: installation.otherOrganizationId };
    expect(await allOf("everywhere", {}, elsewhere)).toHaveLength(1);
    expect(await allOf("everywhere", { recordingId: made[3]?.id ?? "" }, elsewhere)).toEqual([]);
  });
  it("wants all the words, and tells the second of the line", async () => {
    const { hits } = await searchRecordings(
      { organizationId: installation.organizationId },
      "old & ONLY: deep",
      {
        limit: 10,
      },
    );
    expect(hits.map(({ line, atUs }) => [line, atUs])).toEqual([
      ["only in old ones", 2_000_000],
      ["only in old ones", 2_000_000],
    ]);
  });
  it.each(["!!!", "' | '=o'", "\0", "\ud800", "½", "²", "①", "𞤀"])(
    "finds nothing by %j, and does not fail",
    async (words) => {
      expect(await allOf(words, {})).toEqual([]);
    },
  );
  it.each([
    ["a\0b", "must not contain NUL"],
    ["%", "must hold a letter or a digit: whole words are looked for"],
    ['🎉 "', "must hold a letter or a digit: whole words are looked for"],
  ])("is refused %j, which is named", (q, reason) => {
    expect(() => readSearchParameters(new URLSearchParams({ q }))).toThrow(`q ${reason}`);
  });
  it("follows a recording whose start or person is put right", async () => {
    const one = made[599];
    await pool().query(
      "UPDATE recordings SET started_at = '2026-11-21T00:00:00Z', user_name = 'carla' WHERE id = $1",
      [one?.id],
    );
    const found = await searchRecordings({ organizationId: installation.organizationId }, "everywhere", {
      limit: 1,
      user: "carla",
    });
    expect(found.hits.map(({ recordingId }) => recordingId)).toEqual([one?.id]);
  });
});
