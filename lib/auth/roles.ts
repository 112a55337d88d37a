import type { Reach } from "./reach.ts";

/** What a person may be, from most to least. */
export const roles = ["superuser", "admin", "auditor", "member"] as const;

export type Role = (typeof roles)[number];

/** Each thing that is checked before it is done, and the roles that may do it. */
const permissions = {
  /** Every row of the log views of the organization. */
  "logs:read": ["superuser", "admin", "auditor"],
  /** The rows of which one is the user. */
  "logs:read-own": ["superuser", "admin", "auditor", "member"],
  "audit-log:read": ["superuser", "auditor"],
  /** Rows from files, those of another Daybook's own included. */
  "audit-log:import": ["superuser"],
  "exports:create": ["superuser", "admin", "auditor", "member"],
  "recordings:read": ["superuser", "admin", "auditor"],
  /** Recordings of which one is the user. */
  "recordings:read-own": ["superuser", "admin", "auditor", "member"],
  "recordings:delete": ["superuser", "admin"],
  "sessions:end": ["superuser", "admin"],
  /** Give an auditor access to a session. */
  "sessions:share": ["superuser", "admin"],
  /** People, groups and who is in them. */
  "users:manage": ["superuser", "admin"],
  /** Who may do and see what. */
  "access:read": ["superuser", "admin", "auditor"],
  "sources:manage": ["superuser", "admin"],
  /** Describe and delete targets, describe spaces: of those within the own reach. */
  "targets:manage": ["superuser", "admin"],
  "tokens:manage-own": ["superuser", "admin", "auditor", "member"],
  /** See and revoke the tokens of others, up to one's own role. */
  "tokens:manage": ["superuser", "admin"],
  /** One's own second factor and sessions. */
  "sign-in:manage-own": ["superuser", "admin", "auditor", "member"],
  /** Who needs a second factor, and how long sessions last. */
  "sign-in-policy:manage": ["superuser"],
  "identity-providers:manage": ["superuser"],
  "sinks:manage": ["superuser"],
  "retention:manage": ["superuser"],
  "holds:manage": ["superuser"],
} as const satisfies { [permission: string]: readonly Role[] };

export type Permission = keyof typeof permissions;

/** What an API token may be given, in the order it is offered. */
export const tokenScopes = [
  "logs:read",
  "logs:read-own",
  "audit-log:read",
  "exports:create",
  "recordings:read",
  "recordings:read-own",
  "sessions:end",
] as const satisfies readonly Permission[];

export type TokenScope = (typeof tokenScopes)[number];

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

export function can(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}

/** Every permission of a role. */
export function permissionsOf(role: Role): Permission[] {
  return (Object.keys(permissions) as Permission[]).filter((permission) => can(role, permission));
}

/**
 * What may be done, beside one's own, by who reaches only some spaces and targets: nothing that concerns the
 * organization. The audit log
 * and the quarantine of sources tell of all sessions, and who manages people could make somebody who sees more.
 */
const withinReach: readonly Permission[] = [
  "logs:read",
  "exports:create",
  "recordings:read",
  "recordings:delete",
  "sessions:end",
  "sessions:share",
  "targets:manage",
];

/**
 * Of permissions, those that are left to who does not see everything. To who sees only shared sessions that is all but
 * the audit log, which names those that were not shared, and who may see what.
 */
export function permissionsWithin<P extends Permission>(
  permissions: readonly P[],
  { sharedOnly, reach }: { sharedOnly: boolean; reach: Reach },
): P[] {
  return permissions.filter((permission) => {
    if (sharedOnly && (permission === "audit-log:read" || permission === "access:read")) return false;
    return reach === "all" || permission.endsWith("-own") || withinReach.includes(permission);
  });
}

/** Whether the setting to be kept to shared sessions counts: for auditors alone. */
export function isSharedOnly(role: Role, setting: boolean): boolean {
  return setting && role === "auditor";
}

/** What a person of this role may put into a token: nothing that the role itself may not do. */
export function grantableScopes(role: Role): TokenScope[] {
  return tokenScopes.filter((scope) => can(role, scope));
}

/**
 * Whether `actor` may give `role` to somebody, or edit somebody who has it: nobody reaches above the own
 * role. Auditors and members manage nobody.
 */
export function mayGrant(actor: Role, role: Role): boolean {
  return can(actor, "users:manage") && roles.indexOf(actor) <= roles.indexOf(role);
}
