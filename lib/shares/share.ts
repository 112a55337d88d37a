/** Access of one auditor to one session, from now to the end of a day in UTC. Times are UTC with microseconds. */
export type ShareLine = {
  id: string;
  user: { id: string; email: string; name: string };
  reason: string;
  /** The last day, as in `2026-12-01`. */
  until: string;
  createdAt: string;
  createdBy: string;
  revokedAt: string | null;
  revokedBy: string | null;
  state: "open" | "over" | "revoked";
};

/** Somebody with whom a session can be shared. */
export type Auditor = {
  id: string;
  email: string;
  name: string;
  sharedOnly: boolean;
  /** Sees only what the groups give, shared or not. */
  limited: boolean;
};

/** The longest that a session is shared for, in days. */
export const longestShareDays = 366;
