/** A server, cluster, database or web application that records name. Times are UTC with microseconds. */
export type TargetLine = {
  id: string;
  name: string;
  /** As the records say it: `ssh`, `kubernetes`, `database` … */
  kind: string;
  description: string;
  /** When the first record that names it was received. */
  firstSeen: string;
};

/** A workspace that records name. */
export type SpaceLine = Omit<TargetLine, "kind">;

/** Characters of a description. */
export const descriptionLength = 500;

/** How many targets or spaces a page shows. */
export const targetPage = 200;

/** One page, by name, and where the next one begins; null at the end. */
export type TargetPage = { targets: TargetLine[]; nextCursor: string | null };
export type SpacePage = { spaces: SpaceLine[]; nextCursor: string | null };

/** What became of a deleted target's connections: how many hosts are told to end them, and how many cannot be. */
export type DeletedTarget = { told: number; closed: number };
