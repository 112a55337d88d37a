import type { Activity } from "./activity.ts";
import type { RecordedCommand } from "./commands.ts";
import type { Pauses } from "./gaps.ts";
import type { PlayerIndex } from "./idle.ts";

/** An API call of the connection that was recorded. */
export type RecordedCall = {
  timeUs: number;
  verb: string;
  /** The path and query of the request. */
  uri: string;
  status: number | null;
  outcome: string;
};

/** What is shown around the player. Times of the recording in microseconds. */
export type Playback = {
  /** What the player itself reads, with the times of the player. */
  index: PlayerIndex;
  /** Pauses, for the way between the times of the recording and of the player. */
  pauses: Pauses;
  activity: Activity;
  markers: { timeUs: number; label: string }[];
  commands: RecordedCommand[];
  /** What the connection asked of a Kubernetes API meanwhile; of very many the first. */
  apiCalls: RecordedCall[];
  resizes: { timeUs: number; columns: number; rows: number }[];
  durationUs: number;
};
