import {
  argumentsOf,
  isDiscovery,
  isStartOfDiscovery,
  type ParsedCall,
  parseCall,
} from "@/lib/ingest/kubernetes-call.ts";
import { isKubectl } from "@/lib/ingest/kubernetes-clients.ts";
import { affinity, RUNNING } from "@/lib/ingest/kubernetes-grammar.ts";
import { readCommand } from "@/lib/ingest/kubernetes-verbs.ts";
import { wordCommand } from "@/lib/ingest/kubernetes-wording.ts";

type Maybe<T> = T | null | undefined;

/** One call to an API server, its stages merged to the furthest: a row or a draft of the API calls fits. */
export type KubernetesCall = {
  auditId: string;
  /** UTC, as in `2026-11-21T08:45:32.506784Z`: when the request was received. */
  time: string;
  cluster: string;
  user: string;
  impersonatedUser?: Maybe<string>;
  clientAddress?: Maybe<string>;
  userAgent?: Maybe<string>;
  verb: string;
  resource?: Maybe<string>;
  subresource?: Maybe<string>;
  apiGroup?: Maybe<string>;
  namespace?: Maybe<string>;
  name?: Maybe<string>;
  requestUri: string;
  status?: Maybe<number>;
  durationUs?: Maybe<number>;
};

/** Calls with equal keys may belong to one command: same cluster, person, address and exact user agent. */
function clientKey(call: KubernetesCall): string {
  return JSON.stringify([call.cluster, call.user, call.clientAddress ?? "", call.userAgent ?? ""]);
}

/**
 * Whether the call can belong to a kubectl command. Other programs, the cluster's own accounts and discovery
 * make none. `system:admin` is the person who installed k3s or OpenShift, not a part of the cluster.
 */
export function makesCommand(call: KubernetesCall): boolean {
  if (!isKubectl(call.userAgent ?? undefined) || isDiscovery(call)) return false;
  return !call.user.startsWith("system:") || call.user === "system:admin";
}

/** For how long before a call the earlier calls of its client are needed, in seconds. */
export const lookBackSeconds = 15 * 60;

/**
 * Says to which command each new call belongs: to one that has calls already, or to a new one, whose id
 * `newId` makes. Calls that have a `commandId` keep it; give those of the same client from
 * {@link lookBackSeconds} before the first new call to a second after the last, so that a call that comes late
 * still finds its command. In steps, for many calls take long; what the last returns is the result.
 * @param calls of any clients, in any order; a call with `commandId` is one of an earlier batch
 * @returns the command of every new call that belongs to one, by audit ID
 */
export function* assignCommands(
  calls: readonly (KubernetesCall & { commandId?: Maybe<string> })[],
  newId: (first: KubernetesCall) => string,
): Generator<void, Map<string, string>, undefined> {
  const assigned = new Map<string, string>();
  const clients = new Map<string, (KubernetesCall & { commandId?: Maybe<string> })[]>();
  for (const call of calls) {
    const key = clientKey(call);
    const known = clients.get(key);
    if (known) known.push(call);
    else clients.set(key, [call]);
    yield;
  }
  for (const ofClient of clients.values()) yield* assignForClient(ofClient, newId, assigned);
  return assigned;
}

export type CommandDescription = {
  /** As in `kubectl get pods -n default`; … stands for what the calls do not tell. */
  command: string;
  verb: string;
  resource?: string;
  name?: string;
  namespace?: string;
  outcome: "success" | "failure" | "denied";
};

/** What the calls of one command amount to. Never certain: to be shown as inferred. */
export function describeCommand(calls: readonly KubernetesCall[]): CommandDescription {
  const parsed = calls.map(parseCall).sort(byTime);
  const reading = readCommand(parsed);
  const only = (values: readonly string[]) =>
    (new Set(values).size === 1 ? values[0] : undefined) || undefined;
  const resource = [...new Set(reading.main.map((call) => call.resource))].join(",");
  const name = only(reading.main.map((call) => call.name));
  const namespace = only(reading.main.map((call) => call.namespace));
  return {
    command: wordCommand(reading, parsed),
    verb: reading.verb,
    ...(resource !== "" && { resource }),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    outcome: outcomeOf(reading.main),
  };
}

/** By the last call to each object: what failed and was tried again does not count. */
function outcomeOf(main: readonly ParsedCall[]): CommandDescription["outcome"] {
  const last = new Map(
    main.map((call) => [`${call.path}?${argumentsOf(call).join("&")}`, call.call.status ?? 0]),
  );
  const codes = [...last.values()];
  if (codes.some((code) => code === 401 || code === 403)) return "denied";
  return codes.some((code) => code >= 400) ? "failure" : "success";
}

function byTime(a: ParsedCall, b: ParsedCall): number {
  return a.start - b.start || (a.call.auditId < b.call.auditId ? -1 : 1);
}

/**
 * A use of kubectl: its calls in the order of their times (of many, the first and the last), and when the last
 * of all ended.
 */
type Invocation = { id: string; calls: ParsedCall[]; end: number; runningSince: number | undefined };

/** Commands of one client that may run at the same time. */
const MOST_RECENT = 16;
/** Calls of a command that the next call is held against, so that each next one costs the same. */
const MOST_KEPT = 100;
const FIRST_KEPT = 20;

function* assignForClient(
  calls: readonly (KubernetesCall & { commandId?: Maybe<string> })[],
  newId: (first: KubernetesCall) => string,
  assigned: Map<string, string>,
): Generator<void, void, undefined> {
  const parsed: { commandId: string | undefined; call: ParsedCall }[] = [];
  for (const call of calls) {
    parsed.push({ commandId: call.commandId ?? undefined, call: parseCall(call) });
    yield;
  }
  parsed.sort((a, b) => byTime(a.call, b.call));
  const byId = new Map<string, Invocation>();
  const recent: Invocation[] = [];
  let discoveredAt = Number.NEGATIVE_INFINITY;
  for (const [index, { commandId, call }] of parsed.entries()) {
    yield;
    if (isStartOfDiscovery(call.call)) discoveredAt = call.start;
    if (!makesCommand(call.call)) continue;
    const known = commandId === undefined ? bestOf(recent, call, discoveredAt) : byId.get(commandId);
    const id = known?.id ?? commandId ?? laterCommand(parsed, index, byId) ?? newId(call.call);
    if (commandId === undefined) assigned.set(call.call.auditId, id);
    const invocation = known ?? byId.get(id) ?? { id, calls: [], end: 0, runningSince: undefined };
    add(invocation, call);
    byId.set(id, invocation);
    const place = recent.indexOf(invocation);
    if (place >= 0) recent.splice(place, 1);
    recent.unshift(invocation);
    if (recent.length > MOST_RECENT) recent.pop();
  }
}

function add(invocation: Invocation, call: ParsedCall): void {
  invocation.calls.push(call);
  if (invocation.calls.length > MOST_KEPT) invocation.calls.splice(FIRST_KEPT, 1);
  invocation.end = Math.max(invocation.end, call.end ?? call.start);
  if (call.end === undefined) invocation.runningSince ??= call.start;
}

/** The command that the call goes on with, the latest first; what only might go on must be the very last. */
function bestOf(
  recent: readonly Invocation[],
  call: ParsedCall,
  discoveredAt: number,
): Invocation | undefined {
  const sure = recent.find((invocation) => fits(invocation, call, discoveredAt) === "sure");
  if (sure) return sure;
  const [last] = recent;
  return last && fits(last, call, discoveredAt) === "perhaps" ? last : undefined;
}

function fits(
  invocation: Invocation,
  call: ParsedCall,
  discoveredAt: number,
): "sure" | "perhaps" | undefined {
  const { calls, end, runningSince } = invocation;
  const how = affinity(calls, call);
  if (how === undefined) return undefined;
  const soon = call.start - end <= how.within;
  if (how.sure) {
    // A call that still runs has not ended: what follows it may come much later.
    const running = runningSince !== undefined && call.start - runningSince <= RUNNING;
    return soon || running ? "sure" : undefined;
  }
  // kubectl asks what the server offers before its first call, so a new use began since then.
  const lastStart = calls[calls.length - 1]?.start ?? 0;
  return soon && discoveredAt < lastStart ? "perhaps" : undefined;
}

/** The command, assigned before, whose first call would go on with this one: this one came late. */
function laterCommand(
  parsed: readonly { commandId: string | undefined; call: ParsedCall }[],
  index: number,
  known: ReadonlyMap<string, Invocation>,
): string | undefined {
  const call = parsed[index]?.call;
  if (call === undefined) return undefined;
  const alone: Invocation = { id: "", calls: [call], end: call.end ?? call.start, runningSince: undefined };
  for (let at = index + 1; at < parsed.length; at++) {
    const next = parsed[at];
    if (next === undefined || next.call.start > alone.end + LATE) return undefined;
    if (next.commandId === undefined || known.has(next.commandId)) continue;
    if (fits(alone, next.call, Number.NEGATIVE_INFINITY) !== undefined) return next.commandId;
  }
  return undefined;
}

/** How far ahead in time a late call looks for its command, in microseconds. */
const LATE = 2_000_000;
