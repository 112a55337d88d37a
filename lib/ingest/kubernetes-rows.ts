import type { z } from "zod";
import type { MapContext, Mapped } from "@/lib/ingest/define.ts";
import { issuesText } from "@/lib/ingest/issues.ts";
import { accessMethodOf } from "@/lib/ingest/kubernetes-clients.ts";
import type { KubernetesEvent } from "@/lib/ingest/kubernetes-event.ts";
import { drafts, type RecordLog, type RowDraft } from "@/lib/ingest/rows.ts";
import { shellQuote } from "@/lib/ingest/shell-quote.ts";

/** A row before its lengths and texts are checked. */
type Candidate = {
  [L in RecordLog]: { log: L; row: z.input<(typeof drafts)[L]>; once?: string };
}[RecordLog];

/** Subresources that open a connection into a pod. */
const connecting: ReadonlySet<string> = new Set(["exec", "attach", "portforward"]);

/** Who is meant when the API server could not tell: it names the group of such requests so. */
const UNAUTHENTICATED = "system:unauthenticated";
/** Groups that everybody is in. */
const meaningless: ReadonlySet<string> = new Set(["system:authenticated", UNAUTHENTICATED]);
const LONGEST_TARGET_USER = 1000;

/**
 * The rows of one stage of one call: always the API call; for exec, attach and port-forward their connection
 * and command; for what a person who watches access wants to see, user events.
 */
export function rowsOfEvent(event: KubernetesEvent, context: MapContext): Mapped {
  if (event.user === undefined && event.status !== 401) return { rejected: "user.username: missing" };
  const cluster = context.settings.cluster || context.sourceName;
  const candidates = [
    callRow(event, cluster),
    ...connectionRows(event, cluster),
    ...userEventRows(event, cluster),
  ];
  const rows: RowDraft[] = [];
  for (const { log, row, once } of candidates) {
    const parsed = drafts[log].safeParse(row);
    if (!parsed.success) return { rejected: issuesText(parsed.error) };
    rows.push({ log, row: parsed.data, ...(once !== undefined && { once }) } as RowDraft);
  }
  return { rows };
}

/**
 * Whether nothing follows: the API server writes one event of a request that nobody could be authenticated for,
 * and calls its stage ResponseStarted.
 */
function isFinal(event: KubernetesEvent): boolean {
  return event.stage === "ResponseComplete" || event.stage === "Panic" || event.user === undefined;
}

function isRefused(event: KubernetesEvent): boolean {
  return (event.status ?? 0) >= 400;
}

function refusalOf(event: KubernetesEvent): string {
  return event.message ?? `the API server answered ${event.status}`;
}

function isConnecting(event: KubernetesEvent): boolean {
  return event.subresource !== undefined && connecting.has(event.subresource);
}

function callRow(event: KubernetesEvent, cluster: string): Candidate {
  return {
    log: "kubernetes-api-calls",
    row: {
      time: event.received,
      auditId: event.auditId,
      stage: event.stage,
      user: event.user ?? UNAUTHENTICATED,
      groups: event.groups.length > 0 ? event.groups : undefined,
      impersonatedUser: event.impersonatedUser,
      targetUser: targetUserOf(event),
      cluster,
      namespace: event.namespace,
      resource: event.resource,
      subresource: event.subresource,
      name: event.name,
      apiGroup: event.apiGroup,
      verb: event.verb,
      accessMethod: accessMethodOf(event.userAgent),
      status: event.status,
      durationUs: event.durationUs,
      requestUri: event.requestUri,
      userAgent: event.userAgent,
      clientAddress: event.clientAddress,
      command: commandOf(event),
      decision: event.decision,
      reason: event.reason ?? (isRefused(event) ? event.message : undefined),
      connectionRef: isConnecting(event) ? event.auditId : undefined,
    },
  };
}

/**
 * A connection opens with ResponseStarted and closes with ResponseComplete or Panic. Policies may leave out
 * either, so both tell of the opening and of the command, and `once` lets one of them count. A refused attempt
 * is told by its last stage alone.
 */
function connectionRows(event: KubernetesEvent, cluster: string): Candidate[] {
  if (!isConnecting(event) || event.stage === "RequestReceived") return [];
  const final = isFinal(event);
  const refused = isRefused(event);
  if (refused && !final) return [];
  const known = {
    user: event.user ?? UNAUTHENTICATED,
    targetUser: targetUserOf(event),
    target: targetOf(event, cluster),
    connectionRef: event.auditId,
    clientAddress: event.clientAddress,
  };
  // The client may choose the audit ID, and choose it twice; the time is the server's.
  const once = (what: string) => `${event.auditId}/${event.received}/${what}`;
  const connection = { ...known, kind: "kubernetes", clientSoftware: event.userAgent } as const;
  const opened: Candidate = {
    log: "connection-events",
    row: { ...connection, time: event.received, event: "open" },
    once: once("open"),
  };
  const closed: Candidate = {
    log: "connection-events",
    row: {
      ...connection,
      time: event.reached,
      event: "closed",
      outcome: refused ? "denied" : "allowed",
      cause: refused ? refusalOf(event) : event.message,
    },
  };
  const command = commandOf(event);
  const ran: Candidate | undefined =
    command === undefined
      ? undefined
      : {
          log: "commands",
          row: {
            ...known,
            time: event.received,
            command,
            outcome: refused ? "rejected" : "accepted",
            reason: refused ? refusalOf(event) : undefined,
            origin: "reported",
          },
          once: once("command"),
        };
  return [...(refused ? [] : [opened]), ...(ran ? [ran] : []), ...(final ? [closed] : [])];
}

/** Refusals, impersonation, and writes to what decides who may do what; one event each, from the last stage. */
function userEventRows(event: KubernetesEvent, cluster: string): Candidate[] {
  if (!isFinal(event)) return [];
  const { status } = event;
  const denied = status === 401 || status === 403;
  const known = {
    time: event.received,
    user: event.user ?? UNAUTHENTICATED,
    actorType: actorTypeOf(event.user),
    actorId: event.userId,
    clientAddress: event.clientAddress,
    userAgent: event.userAgent,
    durationUs: event.durationUs,
    requestId: event.auditId,
  };
  const rows: Candidate[] = [];
  if (event.impersonatedUser !== undefined) {
    const resource = `${cluster}/users/${event.impersonatedUser}`;
    rows.push({
      log: "user-events",
      row: { ...known, action: "impersonate", resource, outcome: "success", status },
    });
  }
  if (denied || changesAccess(event)) {
    const subresource = event.subresource === undefined ? "" : `/${event.subresource}`;
    const action =
      event.resource === undefined ? event.verb : `${event.verb} ${event.resource}${subresource}`;
    const outcome = denied ? "denied" : isRefused(event) ? "failure" : "success";
    rows.push({
      log: "user-events",
      row: { ...known, action, resource: resourceOf(event, cluster), outcome, status },
    });
  }
  return rows;
}

/** Writes to roles, service accounts and Secrets; the cluster's own components do nothing else all day. */
function changesAccess(event: KubernetesEvent): boolean {
  if (!["create", "update", "patch", "delete", "deletecollection"].includes(event.verb)) return false;
  if (/^system:(?:node|kube-|apiserver|serviceaccount:kube-system:)/.test(event.user ?? "")) return false;
  if (event.apiGroup === "rbac.authorization.k8s.io") return true;
  return (
    event.apiGroup === undefined && (event.resource === "secrets" || event.resource === "serviceaccounts")
  );
}

function actorTypeOf(user: string | undefined): "user" | "service-account" | "system" | "anonymous" {
  if (user === undefined || user === "system:anonymous") return "anonymous";
  if (user.startsWith("system:serviceaccount:")) return "service-account";
  return user.startsWith("system:") ? "system" : "user";
}

/** Who the request runs as. Of many groups the first are named. */
function targetUserOf(event: KubernetesEvent): string | undefined {
  if (event.impersonatedUser !== undefined) return event.impersonatedUser;
  const groups = event.groups.filter((group) => !meaningless.has(group));
  const all = groups.join(", ");
  if (all.length <= LONGEST_TARGET_USER) return all === "" ? undefined : all;
  return `${all.slice(0, LONGEST_TARGET_USER).replace(/, [^,]*$/, "")}, …`;
}

/** `cluster/namespace/pod/container`, as far as the call names them. */
function targetOf(event: KubernetesEvent, cluster: string): string {
  const container = queryOf(event).get("container") || undefined;
  return [cluster, event.namespace, event.name, container].filter((part) => part !== undefined).join("/");
}

function resourceOf(event: KubernetesEvent, cluster: string): string {
  if (event.resource === undefined) return `${cluster}${event.requestUri}`;
  const parts = [cluster, event.namespace, event.resource, event.name, event.subresource];
  return parts.filter((part) => part !== undefined).join("/");
}

/** The arguments are in the URI only, in form encoding, whatever the verb. */
function commandOf(event: KubernetesEvent): string | undefined {
  if (event.subresource !== "exec" && event.subresource !== "attach") return undefined;
  const args = queryOf(event).getAll("command");
  return args.length > 0 ? shellQuote(args) : undefined;
}

function queryOf(event: KubernetesEvent): URLSearchParams {
  const mark = event.requestUri.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : event.requestUri.slice(mark + 1));
}
