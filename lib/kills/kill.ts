/** A request to end a connection, as pages and the API show it. Times are UTC with microseconds. */
export type Kill = {
  id: string;
  connectionId: string;
  state: KillState;
  /** What the connection's closing gives as its cause: `ended by admin@example.org`. */
  cause: string;
  /** The words of whoever asked; the person at the other end is shown them. */
  reason: string;
  requestedBy: string;
  requestedAt: string;
  acknowledgedBy: string | null;
  acknowledgedAt: string | null;
  settledBy: string | null;
  settledAt: string | null;
  /** Why it is undelivered or failed. */
  detail: string | null;
};

/**
 * `requested` until the host was told, `acknowledged` until it has ended the session. Then it is settled: `ended`;
 * `failed` when the host could not end it; `undelivered` when the connection closed before its host was told.
 */
export const killStates = ["requested", "acknowledged", "ended", "undelivered", "failed"] as const;
export type KillState = (typeof killStates)[number];

/** What a source may report of a kill. */
export const reportedStates = ["acknowledged", "ended", "failed"] as const;
export type ReportedState = (typeof reportedStates)[number];

/**
 * What a request for the end of a connection ends: the command, only the stream while the person's shell goes on,
 * or what the source makes of it that listens for kills. Null when nobody can be told.
 */
export type KillEnds = "command" | "stream" | "source" | null;

export const killLimits = {
  /** Streams of kills that one source may have open for all of its connections, and for one connection each. */
  streams: 10,
  connectionStreams: 1000,
  /** Milliseconds between two signs of life on a stream. */
  heartbeatMs: 15_000,
  /** Kills that one look hands out; the next look gives the next ones. */
  batch: 100,
  /** Characters of what a source says of a kill. */
  detail: 500,
} as const;
