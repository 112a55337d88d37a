/** `receiving`: a post in the last five minutes; `quiet`: not for longer; `stopped`: it may not post. */
export type SourceState = "receiving" | "quiet" | "never" | "stopped";

/** A source and how it fares; times are UTC with microseconds. */
export type SourceHealthLine = {
  id: string;
  name: string;
  kind: string;
  settings: { [name: string]: string };
  state: SourceState;
  tokenPrefix: string;
  createdAt: string;
  disabledAt: string | null;
  lastReceivedAt: string | null;
  /** The latest time that a record told. */
  lastRecordTime: string | null;
  /** Accepted records in the last full five minutes, per minute. */
  perMinute: number;
  accepted: number;
  duplicates: number;
  skipped: number;
  /** Records that wait in quarantine now. */
  quarantined: number;
};

/** A record that waits in quarantine. */
export type QuarantineLine = {
  id: string;
  receivedAt: string;
  reason: string;
  state: string;
  recordId: string | null;
  /** Another record of the source has its id: it can be dismissed, not replayed. */
  idTaken: boolean;
  /** The record as received, secrets masked: its first {@link quarantineBytes}. */
  raw: string;
  rawEncoding: "utf8" | "base64";
  /** Of the whole record. */
  bytes: number;
};

/** How many quarantined records a page shows, and how much of each. */
export const quarantinePage = 100;
export const quarantineBytes = 65_536;
