/**
 * The border between the receivers of sessions that are under way (sudo's log protocol, asciinema's live stream)
 * and the side that stores them. A receiver speaks with the host; the storing side knows organizations, rows,
 * blobs and who asked for a session's end.
 */

/**
 * One event of a recording: microseconds since the session's start, never before the event before it; what it is
 * (`o` output, `i` input, `r` resize as `COLSxROWS`, `m` marker, `x` exit status); its text.
 */
export type LiveEvent = readonly [timeUs: number, code: "o" | "i" | "r" | "m" | "x", data: string];

/** What the source says of a command, in its own words; null where it says nothing. */
export type CommandFacts = {
  /** Names the record within its source: a second one of the same name is the same record. */
  recordId: string;
  /** UTC with microseconds, as in `2026-11-21T08:45:32.506784Z`. The source's clock. */
  at: string;
  user: string | null;
  targetUser: string | null;
  /** The host that it runs on, as that host calls itself. */
  target: string | null;
  command: string | null;
  argv: readonly string[] | null;
  cwd: string | null;
  tty: string | null;
  /**
   * All that the source sent, as JSON. It holds environments and may hold secrets: mask it before anything is kept.
   */
  original: Readonly<Record<string, unknown>>;
};

/** The first command of a session. `at` is the session's start. */
export type SessionFacts = CommandFacts & {
  kind: "sudo" | "asciinema";
  /** Where the person is, if that is known: IPv4 or IPv6. */
  clientAddress?: string;
  columns: number;
  rows: number;
  title: string | null;
  /** Whether events will come; without them the session is its commands and its end. */
  isRecorded: boolean;
  /** What a kill ends: the command itself, or only the stream while the person's shell goes on. */
  killEnds: "command" | "stream";
};

/** A command that the session's first one started. `denied` is the reason when it was refused. */
export type SubCommand = CommandFacts & { timeUs: number; denied: string | null };

/** A command that was refused before it became a session, or something that the source warns of. */
export type Incident = CommandFacts & { what: "refused" | "alert"; reason: string };

export type SessionEnd = {
  /** UTC with microseconds. */
  at: string;
  exitCode: number | null;
  /** The signal's name without SIG. */
  signal: string | null;
  dumpedCore: boolean;
  /** Why there was nothing to run, or who ended it. */
  error: string | null;
};

export type LiveSession = {
  /** The name under which an interrupted session is resumed. It cannot be guessed. */
  readonly logId: string;
  readonly startedAt: string;
  /** The time of the last event that is stored, -1 when there is none. */
  readonly storedUs: number;
  /** Takes events in order. Resolves when it has room for more, which may be before they are on disk. */
  write(events: readonly LiveEvent[]): Promise<void>;
  command(command: SubCommand): Promise<void>;
  /** Resolves once everything written before the call is on disk, with the time of the last such event, or -1. */
  durable(): Promise<number>;
  /** The session is over; resolves once it is on disk, whole. */
  end(end: SessionEnd): Promise<void>;
  /** The connection is gone without an end; whoever sent it may resume the session. */
  lost(reason: string): Promise<void>;
  /**
   * At most one listener, called when someone asks for the session's end, at once if that was asked before.
   * Its promise resolves once the host has been told, and rejects when it cannot be.
   */
  onKill(listener: (reason: string) => Promise<void>): void;
};

/** What one source may do. All of it throws {@link SessionRefused} when the source is to be told why not. */
export type LiveSessions = {
  open(facts: SessionFacts): Promise<LiveSession>;
  /**
   * The session that was lost or is still under way on a dead connection, or null when this source has none of
   * that name which is open. `atUs` is where the source goes on; what is stored after it stays, and
   * `storedUs` tells the receiver what to leave out.
   */
  resume(logId: string, atUs: number): Promise<LiveSession | null>;
  /** Resolves once it is on disk. */
  report(incident: Incident): Promise<void>;
};

/** Its message is shown to the person at the other end. Any other error is shown as a failure of Daybook. */
export class SessionRefused extends Error {}
