import type { Finding } from "./session.ts";

/** A recording in lists. Times are UTC with microseconds. */
export type RecordingLine = {
  id: string;
  connectionId: string;
  user: string;
  target: string;
  targetUser: string | null;
  space: string | null;
  kind: string;
  format: string;
  title: string | null;
  command: string | null;
  startedAt: string;
  receivedAt: string;
  durationUs: number | null;
  columns: number | null;
  rows: number | null;
  bytes: number;
  /** In hex; null while it is live. */
  sha256: string | null;
  state: RecordingState;
  /** Why a failed one could not be played. */
  fault: string | null;
  findings: Finding[];
  commands: number;
  denied: boolean;
  /** What asking for its end ends: the command, only the stream, or nothing can be asked. */
  killEnds: "command" | "stream" | null;
  /** Under a legal hold, which neither people nor its age delete. */
  hold: boolean;
  holdReason: string | null;
  heldBy: string | null;
  heldAt: string | null;
  /** When it is deleted, unless it is held then; null keeps it for ever. */
  expiresAt: string | null;
  deletedAt: string | null;
  deletedBy: string | null;
  deleteReason: string | null;
};

/** `logged`: its requests are rows of the record, and nothing else was received. `live` while it is under way, `processing` until it was worked out; `failed` ones are kept and can be downloaded as they came. */
export type RecordingState = "live" | "processing" | "ready" | "logged" | "failed" | "deleted";

/** Somebody with recordings, so many of them under way. `lastAt`: when the latest began. */
export type RecordedPerson = { user: string; count: number; live: number; lastAt: string };

/** One line of a recording in which something was found. */
export type RecordingHit = {
  recordingId: string;
  connectionId: string;
  user: string;
  target: string;
  startedAt: string;
  /** Microseconds into the recording. */
  atUs: number;
  line: string;
};
