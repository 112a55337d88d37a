import "server-only";
import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, open, truncate } from "node:fs/promises";
import { pool } from "@/lib/db/client.ts";
import type { LiveEvent, SessionFacts } from "../live-session.ts";
import { liveFile } from "./live-file.ts";

/** A session that an earlier run of the server had under way, by its row. */
export type LeftSession = {
  facts: SessionFacts;
  names: { id: string; logId: string; columns: number; rows: number };
};

type Row = Pick<SessionFacts, "at" | "user" | "target" | "targetUser" | "title" | "command" | "kind"> & {
  columns: number;
  rows: number;
  logId: string;
  killEnds: "command" | "stream";
};

/**
 * What is known of a session that was under way; undefined when there is no such session any more.
 */
export async function findLeftSession(organizationId: string, id: string): Promise<LeftSession | undefined> {
  const found = await pool().query<Row>(
    `SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, user_name AS "user", target,
       target_user AS "targetUser", title, command, format AS kind, columns, rows, live_key AS "logId",
       kill_ends AS "killEnds"
     FROM recordings WHERE organization_id = $1 AND id = $2 AND state = 'live'`,
    [organizationId, id],
  );
  const [row] = found.rows;
  if (!row) return undefined;
  const { logId, columns, rows, ...said } = row;
  const facts: SessionFacts = {
    ...said,
    recordId: "",
    argv: null,
    cwd: null,
    tty: null,
    original: {},
    columns,
    rows,
    isRecorded: true,
  };
  return { facts, names: { id, logId, columns, rows } };
}

/**
 * Opens the file of a session where its last whole event ends: what was cut off within one is sent again, or lost.
 * @returns undefined when the file is gone
 */
export async function reopenLiveFile(
  id: string,
): Promise<{ file: FileHandle; bytes: number; headBytes: number } | undefined> {
  const path = liveFile(id);
  const bytes = existsSync(path) ? await endOfWhole(path) : 0;
  if (bytes === 0) return undefined;
  await truncate(path, bytes);
  let headBytes = 0;
  for await (const { line } of linesOf(path)) {
    headBytes = Buffer.byteLength(line) + 1;
    break;
  }
  return { file: await open(path, "a"), bytes, headBytes };
}

/** The events in the file of a session, each with the place of its first byte. */
export async function* readLiveFile(id: string): AsyncGenerator<{ event: LiveEvent; byte: number }, void> {
  for await (const { line, byte } of linesOf(liveFile(id))) {
    if (byte === 0) continue;
    const [seconds, code, data] = JSON.parse(line) as [number, LiveEvent[1], string];
    yield { event: [Math.round(seconds * 1e6), code, data], byte };
  }
}

/** Lines by line feeds alone: events may hold other characters that end a line. */
async function* linesOf(path: string): AsyncGenerator<{ line: string; byte: number }, void> {
  let byte = 0;
  let rest = "";
  for await (const piece of createReadStream(path, { encoding: "utf8" })) {
    const lines = (rest + String(piece)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      yield { line, byte };
      byte += Buffer.byteLength(line) + 1;
    }
  }
}

/** How many bytes of a file are lines that ended. */
async function endOfWhole(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    let { size } = await file.stat();
    const piece = Buffer.alloc(64 * 1024);
    while (size > 0) {
      const from = Math.max(0, size - piece.length);
      const { bytesRead } = await file.read(piece, 0, size - from, from);
      const last = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (last >= 0) return from + last + 1;
      size = from;
    }
    return 0;
  } finally {
    await file.close();
  }
}
