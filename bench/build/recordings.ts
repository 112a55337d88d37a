import { createHash } from "node:crypto";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { step } from "@/bin/terminal.mjs";
import { organization } from "../records/people.ts";
import { at, Random } from "../records/random.ts";
import { days, idAt, instant, Schedule } from "../records/schedule.ts";
import { screenNeedles, screenText } from "../records/screen-text.ts";
import { dropIndexes } from "./indexes.ts";
import { organizationId, organizations, sourceId } from "./organizations.ts";

/** What the search is measured on: so many recordings with about a gigabyte of text together. */
export const searched = { recordings: 10_000, chunksEach: 25, unitsEach: 4096 } as const;

/** Writes the recordings of the bench, the text of their screens in chunks as a conversion cuts it; once. */
export async function ensureRecordings(client: Client, anchorMs: number): Promise<void> {
  const found = await client.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM recordings WHERE organization_id = $1",
    [organizationId("main")],
  );
  if (found.rows[0]?.n === searched.recordings) return;
  await step(`Writing ${searched.recordings} recordings`, () => writeRecordings(client, anchorMs));
}

async function writeRecordings(client: Client, anchorMs: number): Promise<void> {
  const owner = organizationId("main");
  await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
  await client.query("SET maintenance_work_mem = '1GB'");
  await client.query("DELETE FROM recording_chunks WHERE organization_id = $1", [owner]);
  await client.query("DELETE FROM recordings WHERE organization_id = $1", [owner]);
  const indexes = await dropIndexes(client, "recording_chunks");
  const { domain } = organizations.main;
  const made = organization(domain, { people: 400, machines: 300 });
  const random = new Random(`${domain} recordings`);
  const schedule = new Schedule(anchorMs, `${domain} recordings`, days);
  const every = Math.floor(searched.recordings / 20);
  const lines: string[] = [];
  const chunks = client.query(
    copyFrom("COPY recording_chunks (organization_id, recording_id, place, times, text, tags) FROM STDIN"),
  );
  for (let number = 0; number < searched.recordings; number++) {
    const micros = schedule.microsAt(number / searched.recordings);
    const id = idAt(micros, random);
    const { email } = random.pick(made.people);
    const { name } = random.pick(made.machines);
    lines.push(`${[owner, id, id, sourceId("main", "daybook"), instant(micros), email, name].join("\t")}\n`);
    const day = instant(micros).slice(0, 10);
    const tags = `{=o${owner},=r${id},=u${md5(email)},=t${md5(name)},=m${day.slice(0, 7)},=d${day}}`;
    for (let place = 0; place < searched.chunksEach; place++) {
      const shown = screenText(random, made, searched.unitsEach);
      if (number % every === 7 && place === 3) shown[5] = `cluster lost: ${screenNeedles.rare} on ${name}`;
      const times = shown.map((_, line) => (place * shown.length + line) * 700_000);
      const text = shown
        .join("\n")
        .replace(/[\\\n\t]/g, (character) => at(escapes, "\\\n\t".indexOf(character)));
      const row = `${owner}\t${id}\t${place}\t{${times.join(",")}}\t${text}\t${tags}\n`;
      if (!chunks.write(row)) await once(chunks, "drain");
    }
  }
  chunks.end();
  await finished(chunks);
  const recordings = client.query(
    copyFrom(`COPY recordings (organization_id, id, connection_id, source_id, started_at, user_name, target, kind,
      format, bytes, state) FROM STDIN`),
  );
  for (const line of lines) recordings.write(line.replace("\n", "\tssh\tasciicast-v2\t100000\tready\n"));
  recordings.end();
  await finished(recordings);
  for (const statement of indexes) await client.query(statement);
  await client.query("SET session_replication_role = DEFAULT; RESET synchronous_commit");
  await client.query("VACUUM (ANALYZE) recordings, recording_chunks");
  await client.query("CHECKPOINT");
}

/** As the trigger has them, which rests: see recording_tags in the migrations. */
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

const escapes = ["\\\\", "\\n", "\\t"];
