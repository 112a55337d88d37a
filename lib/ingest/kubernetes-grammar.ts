import {
  argumentsOf,
  isGet,
  isMutation,
  isNamedQuery,
  isRead,
  isUpgrade,
  type ParsedCall,
  sameCollection,
  sameObject,
} from "@/lib/ingest/kubernetes-call.ts";

/**
 * How a call goes on with the calls before it, or undefined when it does not. `sure`: only the same use of
 * kubectl explains it (an exec after its pod was read); otherwise it may as well be the first call of the
 * next one. `within`: microseconds from the end of the earlier calls to its start.
 */
type Affinity = { sure: boolean; within: number };

const CLOSE: Affinity = { sure: false, within: 100_000 };
const SURE: Affinity = { sure: true, within: 1_500_000 };
/** drain asks again every few seconds whether a pod is gone or may go. */
const POLLING: Affinity = { sure: true, within: 12_000_000 };
const WAITING: Affinity = { sure: false, within: POLLING.within };
/** A person had the file open in an editor. */
const EDITING: Affinity = { sure: true, within: 15 * 60_000_000 };

/** The longest that a call is gone on with after it began, while it runs (exec, watch). */
export const RUNNING = EDITING.within;

/** What kubectl 1.32 and 1.36 were seen to send, turned into rules. */
export function affinity(calls: readonly ParsedCall[], call: ParsedCall): Affinity | undefined {
  const last = calls[calls.length - 1];
  if (last === undefined || !sameIdentity(last, call)) return undefined;
  // get --raw of a path that is no resource stands alone.
  if (last.resource === "" || call.resource === "") return undefined;
  if (isRead(call) || call.verb === "watch") return readAffinity(calls, last, call);
  return writeAffinity(calls, last, call);
}

/** An early stage does not name the impersonated user yet, so only finished calls can contradict each other. */
function sameIdentity(a: ParsedCall, b: ParsedCall): boolean {
  if (typeof a.call.status !== "number" || typeof b.call.status !== "number") return true;
  return (a.call.impersonatedUser ?? "") === (b.call.impersonatedUser ?? "");
}

function readAffinity(
  calls: readonly ParsedCall[],
  last: ParsedCall,
  call: ParsedCall,
): Affinity | undefined {
  const some = (test: (earlier: ParsedCall) => boolean) => calls.some(test);
  // wait, rollout status, run -it, delete --wait: the one object is queried until it is as asked.
  if (isNamedQuery(call)) {
    const named = some(
      (earlier) =>
        earlier.type === call.type && earlier.namespace === call.namespace && earlier.name === call.name,
    );
    return named ? SURE : undefined;
  }
  // get -w: a list and then the watch from its version on, opened again whenever it ends.
  if (call.verb === "watch") {
    const listed = some(
      (earlier) =>
        (earlier.verb === "list" || earlier.verb === "watch") &&
        sameCollection(earlier, call) &&
        sameSelectors(earlier, call),
    );
    return listed ? SURE : undefined;
  }
  if (call.query.has("continue")) return some((earlier) => sameQuery(earlier, call)) ? SURE : undefined;
  // describe ends with the events of the object.
  const involved = call.fields.get("involvedObject.name");
  if (involved !== undefined) return some((earlier) => earlier.name === involved) ? SURE : CLOSE;
  // drain, and describe of a node: the pods on it.
  const node = call.fields.get("spec.nodeName");
  if (node !== undefined)
    return some((earlier) => earlier.resource === "nodes" && earlier.name === node) ? POLLING : undefined;
  if (isGet(call)) {
    // The pod that drain evicted, until it is gone.
    if (some((earlier) => earlier.subresource === "eviction" && earlier.name === call.name)) return WAITING;
    // After "not found" kubectl looks whether the namespace exists.
    if (call.resource === "namespaces" && last.namespace === call.name && last.call.status === 404)
      return SURE;
    return getAffinity(calls, last, call);
  }
  // Lists of several types (get pods,deploy), or what describe reads besides. No command lists the same twice.
  if (!calls.every((earlier) => isRead(earlier))) return undefined;
  return some((earlier) => sameQuery(earlier, call)) ? undefined : CLOSE;
}

function getAffinity(calls: readonly ParsedCall[], last: ParsedCall, call: ParsedCall): Affinity | undefined {
  const same = calls.filter((earlier) => sameObject(earlier, call));
  if (calls.every((earlier) => isRead(earlier))) {
    // describe and port-forward read their object twice.
    return same.filter(isGet).length < 2 ? CLOSE : undefined;
  }
  // cp asks whether the destination is a folder before it reads the pod again.
  if (last.subresource === "exec")
    return same.length > 0 && argumentsOf(last)[0] === "test" ? CLOSE : undefined;
  if (isUpgrade(last)) return undefined;
  // A conflict is tried again; a deletion is waited for; a pod that run made is looked at.
  if (same.length > 0) {
    const awaited =
      last.verb === "delete" ||
      last.call.status === 409 ||
      calls.some((earlier) => earlier.manager === "kubectl-run");
    return awaited ? CLOSE : undefined;
  }
  // The next object of a file or of a list of names.
  if (!isMutation(last)) return undefined;
  return last.manager === "kubectl-client-side-apply" || last.resource === call.resource ? CLOSE : undefined;
}

function writeAffinity(
  calls: readonly ParsedCall[],
  last: ParsedCall,
  call: ParsedCall,
): Affinity | undefined {
  const some = (test: (earlier: ParsedCall) => boolean) => calls.some(test);
  if (call.subresource === "eviction") {
    return some((earlier) => earlier.subresource === "eviction" || earlier.fields.has("spec.nodeName"))
      ? POLLING
      : undefined;
  }
  // The refused WebSocket is tried again as SPDY.
  if (
    isUpgrade(call) &&
    call.verb === "create" &&
    last.verb === "get" &&
    last.subresource === call.subresource &&
    sameObject(last, call)
  ) {
    return SURE;
  }
  // What run and debug made is attached to, read from, and removed at the end.
  const made = some(
    (earlier) =>
      (earlier.manager === "kubectl-run" || earlier.subresource === "ephemeralcontainers") &&
      sameObject(earlier, call),
  );
  if (made) return SURE;
  if (call.verb === "delete" || call.verb === "deletecollection") return deleteAffinity(calls, last, call);
  if (call.verb === "patch" && isServerSideApply(call)) {
    return last.verb === "patch" && isServerSideApply(last) ? CLOSE : undefined;
  }
  // What was read is what is written now.
  const reading = calls.every((earlier) => isRead(earlier));
  const read = reading ? calls : [last];
  if (read.some((earlier) => isGet(earlier) && sameObject(earlier, call))) {
    return call.manager === "kubectl-edit" ? EDITING : SURE;
  }
  if (isUpgrade(call) || call.subresource === "log") {
    // exec deploy/web reads the deployment and lists its pods; logs -l reads one log after another.
    if (call.subresource === "log" && last.subresource === "log") return CLOSE;
    return reading &&
      some(
        (earlier) =>
          earlier.verb === "list" && earlier.resource === "pods" && earlier.namespace === call.namespace,
      )
      ? SURE
      : undefined;
  }
  if (call.verb === "create") {
    if (
      call.manager === "kubectl-client-side-apply" &&
      some((earlier) => isGet(earlier) && sameCollection(earlier, call) && missing(earlier, call))
    ) {
      return SURE;
    }
    const derived = ["kubectl-expose", "kubectl-autoscale", "kubectl-debug"].includes(call.manager);
    if (derived && some((earlier) => isGet(earlier) && earlier.namespace === call.namespace)) return SURE;
  }
  // The next object of a file, of a list of names, or of --all.
  const sameCommand =
    isMutation(last) && last.manager === call.manager && last.verb === call.verb && call.manager !== "";
  if (sameCommand && !sameObject(last, call)) return CLOSE;
  return reading && last.verb === "list" && sameCollection(last, call) && call.verb === "patch"
    ? CLOSE
    : undefined;
}

function deleteAffinity(
  calls: readonly ParsedCall[],
  last: ParsedCall,
  call: ParsedCall,
): Affinity | undefined {
  // delete --all and delete -l list without the limit that get has.
  const [first] = calls;
  const listed = first?.verb === "list" && !first.query.has("limit") && first.type === call.type;
  if (listed && (first.namespace === "" || first.namespace === call.namespace)) return SURE;
  if (
    calls.some((earlier) => earlier.resource === "nodes") &&
    calls.some((earlier) => earlier.fields.has("spec.nodeName"))
  ) {
    return SURE;
  }
  return last.verb === "delete" && !sameObject(last, call) ? CLOSE : undefined;
}

function missing(read: ParsedCall, call: ParsedCall): boolean {
  return (
    (call.name === "" || read.name === call.name) &&
    (typeof read.call.status !== "number" || read.call.status === 404)
  );
}

/** `fieldManager` is the user's to choose, `force` is in every server-side apply. */
export function isServerSideApply(call: ParsedCall): boolean {
  return call.query.has("force") || call.manager === "kubectl" || call.manager === "kubectl-last-applied";
}

function sameSelectors(a: ParsedCall, b: ParsedCall): boolean {
  return ["labelSelector", "fieldSelector"].every(
    (name) => (a.query.get(name) ?? "") === (b.query.get(name) ?? ""),
  );
}

function sameQuery(a: ParsedCall, b: ParsedCall): boolean {
  return a.verb === b.verb && a.path === b.path && sameSelectors(a, b);
}
