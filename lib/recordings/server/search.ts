import "server-only";
import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import { inTransaction } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Scope } from "@/lib/logs/server/sql.ts";
import { daysAndMonths } from "../days-and-months.ts";
import type { RecordingHit } from "../recording-line.ts";
import type { RecordingFilters } from "../recording-parameters.ts";
import type { RecordingSearch, SearchPlace } from "../search-parameters.ts";
import { searchWords } from "../search-words.ts";
import { recordingConditions } from "./list.ts";

type ChunkRow = Omit<RecordingHit, "atUs" | "line"> & { place: number; times: string[]; text: string };

/**
 * The words of a text `c` of `recording_chunks`, its tags among them, written as the index is. Punctuation counts as
 * spaces: the parser would take a path as one word.
 */
export const wordsOfText = Prisma.sql`to_tsvector('simple', translate(c.text, '!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~', '                                ')) || array_to_tsvector(c.tags)`;

/** Lines shown of one text at most, where many recordings are searched; of one recording all are. */
const linesEach = 3;
/** Recordings that the first look is for, and how much wider each further one is. */
const firstLook = 100;
const wider = 4;
/**
 * The bitmap of the index stays exact for millions of texts, and is what is used: to parse a text again takes half a
 * millisecond, which the planner does not believe.
 */
export const searchSettings = "SET LOCAL work_mem = '64MB'; SET LOCAL enable_seqscan = off";

/**
 * Lines of recordings that hold all the words close together, the newest recordings first. Looks at the newest
 * recordings, then at four times as many older ones and so on until the page is full: a word of every screen
 * costs no more than one of a few.
 * @param words as typed; see {@link searchWords}
 */
export async function searchRecordings(
  scope: Scope,
  words: string,
  { recordingId, after, limit, ...filters }: RecordingSearch,
): Promise<{ hits: RecordingHit[]; next?: SearchPlace }> {
  const wanted = searchWords(words);
  if (wanted.length === 0) return { hits: [] };
  const among = Prisma.join(
    [
      recordingConditions(scope, filters),
      ...(recordingId === undefined ? [] : [Prisma.sql`r.id = ${recordingId}::uuid`]),
      ...(after === undefined
        ? []
        : [Prisma.sql`(r.started_at, r.id) <= (${after.startedAt}::timestamptz, ${after.id}::uuid)`]),
    ],
    " AND ",
  );
  const tags = tagsOf(scope, filters, recordingId);
  const rows = await inTransaction(async (client) => {
    const found: ChunkRow[] = [];
    let before: string | undefined;
    for (let look = firstLook; found.length <= limit; look *= wider) {
      const span = await nextDays(client, among, before, look);
      if (!span) break;
      const days = daysAndMonths(span.first, span.last).map(tag);
      const within = [...tags, `(${days.join(" | ")})`].join(" & ");
      found.push(...(await findTexts(client, among, wanted, within, after, limit + 1 - found.length)));
      if (span.all) break;
      before = span.first;
    }
    return found;
  }, searchSettings);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    hits: page.flatMap((row) => linesOf(row, wanted, recordingId === undefined ? linesEach : undefined)),
    ...(last && { next: { startedAt: last.startedAt, id: last.recordingId, place: last.place } }),
  };
}

/** A word of the index that is no word of a text; the migration's recording_tags writes them. */
const tag = (value: string): string => `'=${value}'`;
const ofName = (kind: "u" | "t", name: string): string =>
  tag(`${kind}${createHash("md5").update(name).digest("hex")}`);

/** What of the filters the index knows. The rest is asked of the recordings that are found. */
function tagsOf(
  { organizationId, users }: Scope,
  { user, target }: RecordingFilters,
  recordingId?: string,
): string[] {
  return [
    tag(`o${organizationId}`),
    ...(users && users.length > 0 ? [`(${users.map((name) => ofName("u", name)).join(" | ")})`] : []),
    ...(user === undefined ? [] : [ofName("u", user)]),
    ...(target === undefined ? [] : [ofName("t", target)]),
    ...(recordingId === undefined ? [] : [tag(`r${recordingId.toLowerCase()}`)]),
  ];
}

/** The days on which the next so many recordings started, whole ones: `all` when there are no older ones. */
async function nextDays(
  client: PoolClient,
  among: Prisma.Sql,
  before: string | undefined,
  look: number,
): Promise<{ first: string; last: string; all: boolean } | undefined> {
  const older =
    before === undefined
      ? Prisma.empty
      : Prisma.sql`AND r.started_at < ${`${before}T00:00:00Z`}::timestamptz`;
  const { text, values } = Prisma.sql`
    SELECT to_char(min(s.at), 'YYYY-MM-DD') AS first, to_char(max(s.at), 'YYYY-MM-DD') AS last, count(*)::int AS n
    FROM (SELECT r.started_at AT TIME ZONE 'UTC' AS at FROM recordings r WHERE ${among} ${older}
      ORDER BY r.started_at DESC, r.id DESC LIMIT ${look}) s`;
  const [row] = (
    await client.query<{ first: string | null; last: string | null; n: number }>({ text, values })
  ).rows;
  if (!row || row.first === null || row.last === null) return undefined;
  return { first: row.first, last: row.last, all: row.n < look };
}

/** @param within a tsquery of tags */
async function findTexts(
  client: PoolClient,
  among: Prisma.Sql,
  wanted: readonly string[],
  within: string,
  after: SearchPlace | undefined,
  limit: number,
): Promise<ChunkRow[]> {
  const behind =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`AND NOT (r.id = ${after.id}::uuid AND f.place <= ${after.place})`;
  const asked = Prisma.sql`plainto_tsquery('simple', ${wanted.join(" ")})`;
  // Nothing but the index can answer the first part, whatever the planner thinks of the words. What is no word to the
  // database, such as ½, would leave nothing but the tags.
  const { text, values } = Prisma.sql`
    WITH found AS MATERIALIZED (
      SELECT c.organization_id, c.recording_id, c.place FROM recording_chunks c
      WHERE numnode(${asked}) > 0 AND ${wordsOfText} @@ (${asked} && ${within}::tsquery)
    ), page AS (
      SELECT r.organization_id, r.id, r.connection_id, r.user_name, r.target, r.started_at, f.place
      FROM found f JOIN recordings r ON r.organization_id = f.organization_id AND r.id = f.recording_id
      WHERE ${among} ${behind} ORDER BY r.started_at DESC, r.id DESC, f.place LIMIT ${limit}
    )
    SELECT p.id AS "recordingId", p.connection_id AS "connectionId", p.user_name AS "user", p.target,
      to_char(p.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt", p.place, c.times, c.text
    FROM page p JOIN recording_chunks c
      ON c.organization_id = p.organization_id AND c.recording_id = p.id AND c.place = p.place
    ORDER BY p.started_at DESC, p.id DESC, p.place`;
  return (await client.query<ChunkRow>({ text, values })).rows;
}

/** The lines of a text with the most of the words in them, or the first of these. */
function linesOf(
  { times, text, place: _, ...row }: ChunkRow,
  wanted: readonly string[],
  atMost: number | undefined,
): RecordingHit[] {
  const lines = text.split("\n").map((line, place) => {
    const words = new Set(searchWords(line));
    return { line, place, hits: wanted.filter((word) => words.has(word)).length };
  });
  const most = Math.max(...lines.map(({ hits }) => hits));
  return lines
    .filter(({ hits }) => hits === most)
    .slice(0, atMost)
    .map(({ line, place }) => ({ ...row, atUs: Number(times[place] ?? 0), line }));
}
