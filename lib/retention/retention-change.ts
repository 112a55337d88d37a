import { z } from "zod";
import { mostDays } from "./retention.ts";

const days = z
  .int("must be a whole number of days")
  .min(1, "must be at least 1")
  .max(mostDays, `must be at most ${mostDays}`)
  .nullable();

export const retentionChange = z
  .strictObject({
    recordingsDays: days,
    recordingsMinimumDays: days,
    reason: z
      .string()
      .trim()
      .min(1, "must have 1 to 500 characters")
      .max(500, "must have 1 to 500 characters"),
  })
  .refine(
    ({ recordingsDays, recordingsMinimumDays }) =>
      recordingsDays === null || recordingsMinimumDays === null || recordingsMinimumDays <= recordingsDays,
    { path: ["recordingsMinimumDays"], message: "must not be longer than recordings are kept" },
  );

export type RetentionChange = z.output<typeof retentionChange>;
