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
