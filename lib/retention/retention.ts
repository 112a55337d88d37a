import { z } from "zod";

/** Days that can be asked for at most: a hundred years. */
export const mostDays = 36_500;

/** How long an organization keeps recordings. Days count from their receipt. */
export type Retention = {
  /** Afterwards they are deleted; null keeps them for ever. */
  recordingsDays: number | null;
  /** Until then nobody can delete them; null lets them be deleted at once. */
  recordingsMinimumDays: number | null;
  /** When and by whom it was set; null when it never was. */
  updatedAt: string | null;
  updatedBy: string | null;
};

/** The recordings that a setting is about. */
export type RetentionCounts = {
  kept: number;
  bytes: number;
  held: number;
  /** How many are older than the days that were asked about, and under no hold. */
  due: number;
};

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
