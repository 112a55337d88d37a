import {
  argumentsOf,
  isGet,
  isMutation,
  isNamedQuery,
  isRead,
  isUpgrade,
  type ParsedCall,
  sameObject,
} from "@/lib/ingest/kubernetes-call.ts";
import { isServerSideApply } from "@/lib/ingest/kubernetes-grammar.ts";

/** What kubectl was told to do, and the calls that say to what and with which result. */
export type Reading = { verb: string; main: ParsedCall[] };

/** kubectl's word by the field manager it writes under. */
const managers = new Map([
  ["kubectl-client-side-apply", "apply"],
  ["kubectl-last-applied", "apply"],
  ["kubectl", "apply"],
  ["kubectl-create", "create"],
  ["kubectl-replace", "replace"],
  ["kubectl-edit", "edit"],
  ["kubectl-patch", "patch"],
  ["kubectl-label", "label"],
  ["kubectl-annotate", "annotate"],
  ["kubectl-set", "set"],
  ["kubectl-taint", "taint"],
  ["kubectl-rollout", "rollout"],
  ["kubectl-run", "run"],
  ["kubectl-expose", "expose"],
  ["kubectl-autoscale", "autoscale"],
  ["kubectl-debug", "debug"],
]);

/** kubectl's word by the subresource it writes to or reads. */
const subresources = new Map([
  ["scale", "scale"],
  ["approval", "certificate"],
  ["log", "logs"],
  ["attach", "attach"],
  ["portforward", "port-forward"],
]);

const reviews = new Map([
  ["selfsubjectaccessreviews", "auth can-i"],
  ["selfsubjectrulesreviews", "auth can-i"],
  ["selfsubjectreviews", "auth whoami"],
]);

/** Types whose progress `rollout status` follows; others are waited for with `wait`. */
const rolledOut = new Set(["deployments", "daemonsets", "statefulsets"]);

/** The command that explains the calls. They are of one command, in the order of their times, at least one. */
export function readCommand(calls: readonly ParsedCall[]): Reading {
  return readDebugOrRun(calls) ?? readExec(calls) ?? readNode(calls) ?? readWrite(calls) ?? readQuery(calls);
}

/** Commands that make a container and may go on to attach to it. */
function readDebugOrRun(calls: readonly ParsedCall[]): Reading | undefined {
  const made = calls.find(
    ({ subresource, manager }) => subresource === "ephemeralcontainers" || manager === "kubectl-debug",
  );
  if (made) {
    const main = made.subresource === "" ? calls.filter(isGet).slice(0, 1) : [made];
    return { verb: "debug", main: main.length > 0 ? main : [made] };
  }
  const run = calls.find(({ manager, verb }) => manager === "kubectl-run" && verb === "create");
  return run && { verb: "run", main: [run] };
}

function readExec(calls: readonly ParsedCall[]): Reading | undefined {
  const execs = calls.filter(({ subresource }) => subresource === "exec");
  if (execs.length > 0) return { verb: execs.some(isCopy) ? "cp" : "exec", main: execs };
  const call = calls.find(({ subresource }) => subresources.has(subresource));
  if (!call) return undefined;
  const main = calls.filter(({ subresource }) => subresource === call.subresource);
  return { verb: subresources.get(call.subresource) ?? call.subresource, main };
}

/** cp runs tar in the container: `tar cf - PATH` to read, `tar -xmf - -C FOLDER` to write. */
export function isCopy(call: ParsedCall): boolean {
  const [program, flags, archive] = argumentsOf(call);
  return program === "tar" && (flags === "cf" || flags === "-xmf" || flags === "-xf") && archive === "-";
}

/** cordon, uncordon and drain change a node without naming themselves. */
function readNode(calls: readonly ParsedCall[]): Reading | undefined {
  const evictions = calls.filter(({ subresource }) => subresource === "eviction");
  const patched = calls.filter(({ resource, verb, manager, subresource }) => {
    return resource === "nodes" && verb === "patch" && manager === "" && subresource === "";
  });
  const listsPods = calls.some(({ fields, resource }) => resource === "pods" && fields.has("spec.nodeName"));
  const nodes = calls.filter((call) => isGet(call) && call.resource === "nodes");
  if (evictions.length > 0 || (patched.length > 0 && listsPods)) {
    const main = patched.length > 0 ? patched : nodes.length > 0 ? nodes : evictions;
    return { verb: "drain", main };
  }
  return patched.length > 0 ? { verb: "cordon", main: patched } : undefined;
}

function readWrite(calls: readonly ParsedCall[]): Reading | undefined {
  const writes = calls.filter((call) => isMutation(call) && !isUpgrade(call));
  const [first] = writes;
  if (!first) return undefined;
  const review = reviews.get(first.resource);
  if (review) return { verb: review, main: [first] };
  if (first.verb === "delete" || first.verb === "deletecollection") return { verb: "delete", main: writes };
  const verb = managers.get(first.manager) ?? (first.verb === "update" ? "replace" : first.verb);
  // A dry run of apply and diff look the same; diff is what people run.
  if (verb === "apply" && isDryRun(first)) return { verb: "diff", main: writes };
  // What is exposed or scaled is the object that was read; the one that is made has its name.
  if (verb === "expose" || verb === "autoscale") {
    const read = calls.filter(isGet);
    return { verb, main: read.length > 0 ? read : writes };
  }
  return { verb, main: writes };
}

function readQuery(calls: readonly ParsedCall[]): Reading {
  const gets = calls.filter(isGet);
  const events = calls.filter(({ fields }) => fields.has("involvedObject.name"));
  const [first] = gets;
  if (first && calls.some(isNamedQuery))
    return { verb: rolledOut.has(first.resource) ? "rollout status" : "wait", main: [first] };
  const twice = gets.some((get, index) => gets.findIndex((other) => sameObject(get, other)) !== index);
  if (events.length > 0 || twice) {
    const lists = calls.filter(({ verb, resource }) => verb === "list" && resource !== "events");
    return {
      verb: "describe",
      main: first ? described(gets) : lists.length > 0 ? lists.slice(0, 1) : events,
    };
  }
  const reads = calls.filter(isRead);
  const metrics = reads.filter(({ call }) => call.apiGroup === "metrics.k8s.io");
  if (metrics.length > 0) return { verb: "top", main: metrics };
  return { verb: "get", main: reads.length > 0 ? withoutNamespaceCheck(reads) : [...calls] };
}

/** describe reads its object twice, and others that belong to it once. */
function described(gets: readonly ParsedCall[]): ParsedCall[] {
  const twice = gets.filter((get, index) => gets.findIndex((other) => sameObject(get, other)) !== index);
  return twice.length > 0 ? twice : gets.slice(0, 1);
}

/** After "not found" kubectl reads the namespace, which its user did not ask for. */
function withoutNamespaceCheck(reads: readonly ParsedCall[]): ParsedCall[] {
  const asked = reads.filter(({ resource, name }, index) => {
    const before = reads[index - 1];
    return !(resource === "namespaces" && before?.call.status === 404 && before.namespace === name);
  });
  return asked.length > 0 ? asked : [...reads];
}

export function isDryRun(call: ParsedCall): boolean {
  return call.query.get("dryRun") === "All";
}

/** Whether a command that is read as apply was run with --server-side. */
export function isServerSide(main: readonly ParsedCall[]): boolean {
  return main.some((call) => call.verb === "patch" && isServerSideApply(call));
}
