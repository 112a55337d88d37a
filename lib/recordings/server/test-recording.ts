import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { v7 as uuidv7 } from "uuid";
import { pool } from "@/lib/db/client.ts";
import { convertFile } from "../convert.ts";
import { blobKey } from "./blob-key.ts";
import { blobs, stagingFolder } from "./blobs.ts";

/** A recording as the server has it once it was worked out, without the process of its own. */
export async function testRecording(
  organizationId: string,
  sourceId: string,
  { word, user, target, time }: { word: string; user: string; target: string; time: string },
): Promise<string> {
  const id = uuidv7();
  const folder = await stagingFolder(id);
  const original = path.join(folder, "original");
  const made = path.join(folder, "made");
  await mkdir(made);
  const cast = [
    // No two recordings are of the same bytes.
    { version: 2, width: 80, height: 24, env: { ID: id } },
    [0.5, "o", `${word} $ `],
    [1, "o", `echo ${word}\r\n`],
    [5, "o", `${word}\r\n`],
  ];
  const bytes = Buffer.from(cast.map((line) => JSON.stringify(line)).join("\n"));
  await writeFile(original, bytes);
  const outcome = await convertFile(original, made);
  if ("fault" in outcome) throw new Error(outcome.fault);
  const { summary } = outcome;
  const files = [
    [made, "recording.cast.gz", "cast"],
    [made, "text.txt.gz", "text"],
    [made, "segment-0.json.gz", { segment: 0 }],
    [made, "summary.json", "summary"],
    [folder, "original", "original"],
  ] as const;
  const [chunk] = (await readFile(path.join(made, "chunks.ndjson"), "utf8")).split("\n");
  const { times, text } = JSON.parse(chunk ?? "") as { times: number[]; text: string };
  for (const [from, name, file] of files)
    await blobs().put(blobKey(organizationId, id, file), path.join(from, name));
  await pool().query(
    `INSERT INTO recordings (organization_id, id, connection_id, source_id, started_at, duration_us, user_name, target,
       kind, format, columns, rows, bytes, sha256, state, findings, commands, segments)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ssh', 'asciicast v2', 80, 24, $9, $10, 'ready', $11, $12, 1)`,
    [
      organizationId,
      id,
      uuidv7(),
      sourceId,
      time,
      summary.screen.durationUs,
      user,
      target,
      bytes.length,
      createHash("sha256").update(bytes).digest(),
      JSON.stringify(summary.findings),
      summary.commands.length,
    ],
  );
  await pool().query(
    "INSERT INTO recording_chunks (organization_id, recording_id, place, times, text) VALUES ($1, $2, 0, $3, $4)",
    [organizationId, id, times, text],
  );
  await rm(folder, { recursive: true, force: true });
  return id;
}
