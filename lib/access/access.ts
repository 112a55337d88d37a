import type { Reach } from "@/lib/auth/reach.ts";
import type { Role } from "@/lib/auth/roles.ts";
import type { GroupScope } from "@/lib/groups/group.ts";

/** What one person may do and see. Times are UTC with microseconds. */
export type AccessLine = {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** `active`, `invited` or `disabled`. */
  status: string;
  /** Names in records that are this person's, beside the address. */
  logins: readonly string[];
  /** Whether signing in takes a second factor beside the password. */
  secondFactor: boolean;
  /** Sees, as an auditor, only sessions that were shared with them. */
  sharedOnly: boolean;
  globalScope: boolean;
  /** By name. */
  groups: readonly (GroupScope & { id: string; name: string })[];
  /** What comes of role, global scope and groups. */
  reach: Reach;
  /** Sessions that are shared with them at this moment. */
  shares: number;
  /** API tokens that are neither revoked nor expired. */
  tokens: number;
  /** Null before the first sign-in. */
  lastSeenAt: string | null;
};

export type AccessPage = { people: AccessLine[]; nextCursor: string | null };

export const accessStatuses = ["active", "invited", "disabled"] as const;

/** Which people are asked for; `space` and `target`: those who may see rows of it. */
export type AccessQuery = {
  match: string;
  role?: Role;
  status?: (typeof accessStatuses)[number];
  group?: string;
  space?: string;
  target?: string;
  /** The address that the page before ended with. */
  after?: string;
};

/** People on a page. */
export const accessPage = 100;
