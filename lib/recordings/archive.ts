import { isRequestKind } from "@/lib/logs/session-view.ts";
import type { RecordingLine } from "./recording-line.ts";

/** What an archive has of each recording. */
export const archiveFiles = ["cast", "text"] as const;
export type ArchiveFile = (typeof archiveFiles)[number];

export const archiveLimits = {
  /** Recordings that can be named one by one: their ids stand in an address. */
  ids: 200,
  /** Recordings of one archive. */
  recordings: 1000,
} as const;

/** Why an archive cannot hold one; undefined when it can. */
export function whyLeftOut({
  state,
  kind,
  fault,
}: Pick<RecordingLine, "state" | "kind" | "fault">): string | undefined {
  if (isRequestKind(kind)) return "It is a list of requests, which is exported as a log";
  return state === "ready" ? undefined : (fault ?? `It is ${state}`);
}

/** `manifest.json`, the last file of an archive: without it the archive is not whole. */
export type ArchiveManifest = {
  createdAt: string;
  createdBy: string;
  /** What was asked for, as in the address. */
  query: string;
  recordings: ArchivedRecording[];
};

export type ArchivedRecording = {
  recordingId: string;
  connectionId: string;
  user: string;
  target: string;
  targetUser: string | null;
  startedAt: string;
  /** Of what was received, in hex; null while it is live. */
  receivedSha256: string | null;
} & (
  | { file: string; bytes: number; sha256: string; leftOut?: undefined }
  | { file: null; bytes: null; sha256: null; leftOut: string }
);

const endings: { [file in ArchiveFile]: string } = { cast: ".cast", text: ".txt" };
const partLength = 40;

/**
 * A name that every system can write and nobody can abuse: letters, digits, dashes and dots of ASCII behind the start,
 * so that it is none of the names that Windows keeps, and the id, so that no two are alike. The manifest has the names
 * of people and targets as they are.
 */
export function archiveName(
  { id, user, target, startedAt }: Pick<RecordingLine, "id" | "user" | "target" | "startedAt">,
  file: ArchiveFile,
): string {
  const stamp = `${startedAt.slice(0, 19).replace(/[-:]/g, "")}Z`;
  return `${[stamp, plain(user), plain(target), id].join("_")}${endings[file]}`;
}

function plain(text: string): string {
  const words = text.replace(/[^A-Za-z0-9.]+/g, "-").replace(/\.{2,}/g, ".");
  return words.slice(0, partLength).replace(/^[-.]+|[-.]+$/g, "") || "unnamed";
}
