import "server-only";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Principal } from "@/lib/auth/principal.ts";
import { isRequestKind } from "@/lib/logs/session-view.ts";
import type { RecordingLine } from "../recording-line.ts";
import { openFile, recordReading, requireRecording } from "./read.ts";
import { requestsText } from "./requests-text.ts";
import { through } from "./through.ts";

const files = {
  cast: { type: "application/x-asciicast", ending: ".cast", workflow: "recording:download" },
  text: { type: "text/plain; charset=utf-8", ending: ".txt", workflow: "recording:reading" },
  original: { type: "application/octet-stream", ending: ".bin", workflow: "recording:download" },
} as const;

/** A file of a recording as a download, after the audit log was told. */
export async function fileAnswer(
  principal: Principal,
  id: string,
  file: keyof typeof files,
): Promise<Response> {
  const line = await requireRecording(principal, id);
  const { type, ending, workflow } = files[file];
  const isList = file === "text" && isRequestKind(line.kind);
  const stored = isList
    ? Readable.from(requestsText(principal, line), { objectMode: false })
    : await openFile(principal, line, file);
  try {
    await recordReading(principal, line, workflow, { file });
  } catch (error) {
    stored.destroy();
    throw error;
  }
  const bytes = file === "original" || isList ? stored : through(stored, createGunzip());
  return new Response(Readable.toWeb(Readable.from(bytes)) as ReadableStream<Uint8Array>, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${fileName(line)}${ending}"`,
      "cache-control": "private, no-store, no-transform",
    },
  });
}

/** Letters, digits and dashes only: names come from outside. */
function fileName({ user, target, startedAt }: RecordingLine): string {
  const stamp = startedAt.slice(0, 19).replace(/[-:]/g, "");
  return [user, target, stamp].map((part) => part.replace(/[^A-Za-z0-9.]+/g, "-").slice(0, 60)).join("_");
}
