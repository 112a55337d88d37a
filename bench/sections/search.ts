import { Prisma } from "@/lib/generated/prisma/client.ts";
import { searchSettings, wordsOfText } from "@/lib/recordings/server/search.ts";
import { organizationId } from "../build/organizations.ts";
import { ensureRecordings, searched } from "../build/recordings.ts";
import { inChild } from "../child.ts";
import type { Case, TurnsAnswer, TurnsTask } from "../load/turns.ts";
import { screenNeedles } from "../records/screen-text.ts";
import { type Line, megabytes, ms, times } from "../report.ts";
import { median } from "../statistics.ts";
import type { Context } from "./context.ts";
import { absolute } from "./pages.ts";
import type { Statement } from "./plain-sql.ts";

const limitMs = 200;
const page = 50;
const samplesPerRound = 24;
const owner = organizationId("main");

type Narrowed = { user?: string; target?: string };

/** Words in ten thousand recordings with a gigabyte of text, and what their index weighs and costs. */
export async function measureSearch(context: Context): Promise<Line[]> {
  const { server, options, tokens, client, stamp } = context;
  await ensureRecordings(client, stamp.anchorMs);
  const somebody = await filtersOf(context);
  const { rare, middling, common, absent } = screenNeedles;
  const cases = [
    searchCase("a word of most screens", [common, "200", "error"]),
    searchCase("a word of one screen in fifty", [middling]),
    searchCase("a word of twenty screens", [rare]),
    searchCase("a word of no screen", [absent]),
    searchCase("three words", [
      `${common} ${middling} error`,
      "systemctl restart nowhere",
      "certificate evicted debug",
    ]),
    ...somebody.map((filters, place) =>
      searchCase(
        `a common word, of one person${place === 0 ? "" : " on one target"}`,
        [common, middling],
        filters,
      ),
    ),
  ];
  const task: TurnsTask = {
    origin: server.origin,
    token: tokens.main,
    databaseUrl: server.appUrl,
    rounds: options.rounds,
    cases,
    // As in the product: without, every text is parsed again, for minutes.
    setting: searchSettings,
  };
  const answers = await inChild<TurnsAnswer>("load/turns.ts", task);
  return [
    ...answers.map((answer) => absolute(`search in recordings: ${answer.name}`, answer, limitMs)),
    await sizeLine(context),
    await costLine(context),
  ];
}

function searchCase(name: string, words: readonly string[], filters: Narrowed = {}): Case {
  const asked = words.map((q) => ({
    path: `/api/v1/recordings/search?${new URLSearchParams({ q, limit: String(page), ...filters })}`,
    statement: plainSearch(q, filters),
  }));
  return { name, kind: "recordings", asked, times: samplesPerRound, baselineTimes: asked.length };
}

/** The same by one statement: everything that has the words, by the index, and of that the newest. */
function plainSearch(words: string, { user, target }: Narrowed): Statement {
  const { text, values } = Prisma.sql`
    WITH found AS MATERIALIZED (SELECT c.organization_id, c.recording_id, c.place FROM recording_chunks c
      WHERE ${wordsOfText} @@ plainto_tsquery('simple', ${words}))
    SELECT r.id FROM found c JOIN recordings r ON r.organization_id = c.organization_id AND r.id = c.recording_id
    WHERE c.organization_id = ${owner}::uuid AND r.deleted_at IS NULL
      AND (${user ?? null}::text IS NULL OR r.user_name = ${user ?? null})
      AND (${target ?? null}::text IS NULL OR r.target = ${target ?? null})
    ORDER BY r.started_at DESC, r.id DESC, c.place LIMIT ${page}`;
  return { text, values };
}

/** A person in the middle of the record, and that person with a target. */
async function filtersOf({ client }: Context): Promise<Narrowed[]> {
  const found = await client.query<{ user: string; target: string }>(
    `SELECT user_name AS "user", target FROM recordings WHERE organization_id = $1 ORDER BY started_at OFFSET $2 LIMIT 1`,
    [owner, searched.recordings / 2],
  );
  const [row] = found.rows;
  if (!row) throw new Error("no recordings");
  return [{ user: row.user }, { user: row.user, target: row.target }];
}

async function sizeLine({ client }: Context): Promise<Line> {
  const found = await client.query<{ text: string; index: string; tables: string }>(
    `SELECT sum(octet_length(text)) AS text, pg_table_size('recording_chunks') AS tables,
       pg_relation_size('recording_chunks_words_idx') AS index FROM recording_chunks`,
  );
  const { text = 0, index = 0, tables = 0 } = found.rows[0] ?? {};
  return {
    what: "search in recordings: size of the index",
    product: `${megabytes(Number(index))} of index, ${megabytes(Number(tables))} of table`,
    baseline: `${megabytes(Number(text))} of text`,
    ratio: times(Number(index) / Number(text)),
    target: "",
    met: undefined,
    figures: { index: Number(index), table: Number(tables), text: Number(text) },
  };
}

/** Texts of forty recordings written once more, with what keeps them and into a table without indexes; taken back. */
async function costLine({ client, options }: Context): Promise<Line> {
  const copied = `FROM recording_chunks c WHERE organization_id = $1 AND recording_id IN
    (SELECT id FROM recordings WHERE organization_id = $1 ORDER BY started_at LIMIT 40)`;
  await client.query("CREATE TEMP TABLE plain_chunks (LIKE recording_chunks)");
  const taken = async (statement: string): Promise<number> => {
    await client.query("BEGIN");
    const started = performance.now();
    await client.query(statement, [owner]);
    const took = performance.now() - started;
    await client.query("ROLLBACK");
    return took;
  };
  const kept: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    kept.push(
      await taken(`INSERT INTO recording_chunks (organization_id, recording_id, place, times, text)
        SELECT organization_id, recording_id, place + 1000, times, text ${copied}`),
    );
    plain.push(await taken(`INSERT INTO plain_chunks SELECT c.* ${copied}`));
  }
  const ratio = median(kept) / median(plain);
  return {
    what: "search in recordings: writing 4 MB of text",
    product: `median ${ms(median(kept))}`,
    baseline: `without indexes median ${ms(median(plain))}`,
    ratio: times(ratio),
    target: "",
    met: undefined,
    figures: { ratio, kept: median(kept), plain: median(plain) },
  };
}
