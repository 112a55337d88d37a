import type { Activity } from "./activity.ts";
import type { RecordedCommand } from "./commands.ts";
import type { Pauses } from "./gaps.ts";
import type { PlayerIndex } from "./idle.ts";

/** What is shown around the player. Times of the recording in microseconds. */
export type Playback = {
  /** What the player itself reads, with the times of the player. */
  index: PlayerIndex;
  /** Pauses, for the way between the times of the recording and of the player. */
  pauses: Pauses;
  activity: Activity;
  markers: { timeUs: number; label: string }[];
  commands: RecordedCommand[];
  resizes: { timeUs: number; columns: number; rows: number }[];
  durationUs: number;
};
