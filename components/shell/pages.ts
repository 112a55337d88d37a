import type { CurrentUser } from "@/lib/auth/principal.ts";
import { type Permission, permissionsOf, permissionsWithin } from "@/lib/auth/roles.ts";
import type { LogSlug } from "@/lib/logs/views.ts";

/** A page that the bar, the palette and the keys lead to. `key` follows `g`. */
export type ConsolePage = { href: string; title: string; key?: string };

export const logPages = [
  { slug: "commands", href: "/logs/commands", title: "Commands", key: "c" },
  { slug: "kubernetes-commands", href: "/logs/kubernetes-commands", title: "Kubernetes", key: "k" },
  { slug: "connections", href: "/logs/connections", title: "Connections", key: "o" },
  { slug: "connection-events", href: "/logs/connection-events", title: "Connection Events", key: "e" },
  { slug: "user-events", href: "/logs/user-events", title: "User Events", key: "u" },
] as const satisfies readonly (ConsolePage & { slug: LogSlug })[];

export const recordingsPage = {
  href: "/recordings",
  title: "Session Recordings",
  key: "r",
} as const satisfies ConsolePage;

/** The page of one connection, or a second of its recording: of that one, where it may have several. */
export function connectionPath(id: string, seconds?: number, recordingId?: string): string {
  const query = new URLSearchParams();
  if (recordingId !== undefined) query.set("recording", recordingId);
  if (seconds !== undefined) query.set("t", String(seconds));
  return query.size === 0 ? `/connections/${id}` : `/connections/${id}?${query}`;
}

/** The Kubernetes tab holds two logs. */
export const kubernetesPages = [
  { slug: "kubernetes-commands", href: "/logs/kubernetes-commands", title: "Commands" },
  { slug: "kubernetes-api-calls", href: "/logs/kubernetes-api-calls", title: "API calls" },
] as const satisfies readonly (ConsolePage & { slug: LogSlug })[];

/** Where a log is read. */
export function logPath(slug: string): string {
  return slug === "audit-log" ? "/settings/audit-log" : `/logs/${slug}`;
}

/** What is behind the cog for somebody: the Audit Log comes first, for who sees everything. */
export function settingsPages(user: Pick<CurrentUser, "role" | "sharedOnly" | "reach">): ConsolePage[] {
  const may = new Set<Permission>(permissionsWithin(permissionsOf(user.role), user));
  const pages: (ConsolePage & { permission: Permission })[] = [
    { href: "/settings/audit-log", title: "Audit Log", key: "a", permission: "audit-log:read" },
    { href: "/settings/users", title: "Users", permission: "users:manage" },
    { href: "/settings/groups", title: "Groups", permission: "users:manage" },
    { href: "/settings/access", title: "Access", permission: "access:read" },
    { href: "/settings/sources", title: "Sources", permission: "sources:manage" },
    { href: "/settings/targets", title: "Targets and spaces", permission: "targets:manage" },
    {
      href: "/settings/identity-providers",
      title: "Identity providers",
      permission: "identity-providers:manage",
    },
    { href: "/settings/retention", title: "Retention", permission: "retention:manage" },
    { href: "/settings/sign-in-policy", title: "Sign-in policy", permission: "sign-in-policy:manage" },
    { href: "/settings/tokens", title: "API tokens", permission: "tokens:manage-own" },
  ];
  return pages.filter(({ permission }) => may.has(permission)).map(({ permission: _, ...page }) => page);
}
