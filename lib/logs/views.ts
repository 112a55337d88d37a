import type { LogView } from "./define.ts";
import { auditLog } from "./views/audit-log.ts";
import { commands } from "./views/commands.ts";
import { connectionEvents } from "./views/connection-events.ts";
import { connections } from "./views/connections.ts";
import { kubernetesApiCalls } from "./views/kubernetes-api-calls.ts";
import { kubernetesCommands } from "./views/kubernetes-commands.ts";
import { sessionRequests } from "./views/session-requests.ts";
import { userEvents } from "./views/user-events.ts";

/** Every log by its slug: the path of its page, its name in the API. Listed by hand. */
export const logViews = {
  commands,
  "kubernetes-commands": kubernetesCommands,
  "kubernetes-api-calls": kubernetesApiCalls,
  connections,
  "connection-events": connectionEvents,
  "session-requests": sessionRequests,
  "user-events": userEvents,
  "audit-log": auditLog,
} as const satisfies { [slug: string]: LogView };

export type LogSlug = keyof typeof logViews;

export function isLogSlug(slug: string): slug is LogSlug {
  return Object.hasOwn(logViews, slug);
}

/** The definition under its general type, for code that serves every view alike. */
export function logView(slug: LogSlug): LogView {
  return logViews[slug];
}
