import "server-only";
import { createReadStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { PoolClient } from "pg";
import { inTransaction } from "@/lib/db/client.ts";
import { storable } from "@/lib/record/text.ts";
import type { ConversionSummary, TextChunk } from "../convert.ts";
import { type BlobFile, blobFileName, blobKey } from "./blob-key.ts";
import { giveUpBlobs, removeBlobsSoon } from "./blob-removals.ts";
import { blobs } from "./blobs.ts";

type Place = { organizationId: string; id: string };

/** Texts that are written in one transaction, which live rows wait for: about a tenth of a second's work. */
const textsAtOnce = 32;

/**
 * Stores what was made of a recording: its files, and its texts for the search.
 * @param startedAt when the recording started, which its texts are found by
 * @returns false when the recording was deleted meanwhile: then nothing of it stays
 */
export async function keepMade(
  place: Place,
  startedAt: string,
  folder: string,
  summary: ConversionSummary,
): Promise<boolean> {
  const made = path.join(folder, "made");
  const put = (file: BlobFile): Promise<void> =>
    blobs().put(blobKey(place.organizationId, place.id, file), path.join(made, blobFileName(file)));
  await put("cast");
  await put("text");
  for (const segment of summary.segmentStartsUs.keys()) await put({ segment });
  await put("summary");
  const isKept =
    (await beginTexts(place, startedAt)) && (await keepTexts(place, path.join(made, "chunks.ndjson")));
  if (!isKept) await removeBlobsSoon();
  return isKept;
}

function beginTexts(place: Place, startedAt: string): Promise<boolean> {
  return whileThere(place, async (client) => {
    const { organizationId, id } = place;
    await client.query("DELETE FROM recording_chunks WHERE organization_id = $1 AND recording_id = $2", [
      organizationId,
      id,
    ]);
    await client.query("UPDATE recordings SET started_at = $3 WHERE organization_id = $1 AND id = $2", [
      organizationId,
      id,
      startedAt,
    ]);
  });
}

async function keepTexts(place: Place, file: string): Promise<boolean> {
  let batch: (TextChunk & { place: number })[] = [];
  const write = (): Promise<boolean> => {
    // Half a pair of surrogates, which a hostile recording may hold, is no text in PostgreSQL.
    const texts = JSON.stringify(
      batch.map(({ text, ...rest }) => ({ ...rest, text: Buffer.from(text).toString() })),
    );
    batch = [];
    return whileThere(place, async (client) => {
      await client.query(
        `INSERT INTO recording_chunks (organization_id, recording_id, place, times, text)
         SELECT $1, $2, t.place, t.times, t.text FROM json_to_recordset($3) AS t(place int, times bigint[], text text)`,
        [place.organizationId, place.id, texts],
      );
    });
  };
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { times, text } = JSON.parse(line) as TextChunk;
    batch.push({ place: number++, times, text: storable(text) });
    if (batch.length === textsAtOnce && !(await write())) return false;
  }
  return batch.length === 0 || (await write());
}

/** Works on a recording that nobody can delete meanwhile. @returns false when it is deleted already */
function whileThere(place: Place, work: (client: PoolClient) => Promise<void>): Promise<boolean> {
  return inTransaction(async (client) => {
    const there = await client.query(
      "SELECT FROM recordings WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE",
      [place.organizationId, place.id],
    );
    if (there.rowCount === 0) {
      await giveUpBlobs(client, place);
      return false;
    }
    await work(client);
    return true;
  });
}
