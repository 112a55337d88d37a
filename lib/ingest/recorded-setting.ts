import type { IngestKind } from "./define.ts";

/** What sources of every kind may be told: that each session of their connections is recorded. */
export const recordedSetting: NonNullable<IngestKind["settings"]>[number] = {
  name: "recorded",
  title: "Recordings expected",
  description:
    "`yes` when every session of this source has to be recorded: a connection without a recording is then shown as expected but missing.",
  fault: (value) => (value === "yes" ? undefined : "must be yes, or nothing"),
};
