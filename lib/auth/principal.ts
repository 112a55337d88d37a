import type { Reach } from "./reach.ts";
import { can, type Permission, type Role } from "./roles.ts";

/** The person who is signed in in a browser. */
export type CurrentUser = {
  id: string;
  email: string;
  name: string;
  /** Names in records that are this person's, beside the email address. */
  logins: readonly string[];
  role: Role;
  /** An auditor who sees only sessions that were shared with them. */
  sharedOnly: boolean;
  reach: Reach;
  organizationId: string;
  organizationName: string;
  sessionId: string;
  /** The organization asks for a second factor and there is none: nothing else is open before it is enrolled. */
  mustEnrol: boolean;
};

/** Who makes a request: a person with a session, or a person's API token. */
export type Principal = {
  kind: "user" | "api-key";
  /** The user's id, or the token's. */
  id: string;
  /** The person behind it, for both kinds. */
  userId: string;
  /** The person's name, or the token's. */
  name: string;
  /** The person's address, for both kinds: what the user columns of the logs hold. */
  email: string;
  /** Other names of the person in those columns, such as the login name at a target. */
  logins: readonly string[];
  role: Role;
  /** Sees only sessions that were shared with the person. */
  sharedOnly: boolean;
  /** The person's own, for both kinds. */
  reach: Reach;
  organizationId: string;
  organizationName: string;
  /** What it may do, the role at this moment included. */
  scopes: readonly Permission[];
  sessionId?: string;
  /** As of {@link CurrentUser}, with the permission to enrol one alone; API tokens go on. */
  mustEnrol?: boolean;
  requestId: string;
  address: string;
  userAgent: string;
};

/** Whether the role and, for a token, its scopes allow it. Reading all rows includes reading one's own. */
export function allows(principal: Pick<Principal, "role" | "scopes">, permission: Permission): boolean {
  if (!can(principal.role, permission)) return false;
  if (principal.scopes.includes(permission)) return true;
  if (permission === "recordings:read-own") return principal.scopes.includes("recordings:read");
  return permission === "logs:read-own" && principal.scopes.includes("logs:read");
}

/** Whether lists, exports and live rows must be narrowed to rows of the principal's {@link ownNames}. */
export function ownRowsOnly(principal: Pick<Principal, "role" | "scopes">): boolean {
  return !allows(principal, "logs:read");
}

/** The user names whose rows are the person's own. */
export function ownNames({ email, logins }: Pick<Principal, "email" | "logins">): string[] {
  return [email, ...logins];
}

/** What reading a log takes; with `logs:read-own` alone, mind {@link ownRowsOnly}. */
export function permissionToRead(log: string): Permission {
  return log === "audit-log" ? "audit-log:read" : "logs:read-own";
}
