import { argumentsOf, type ParsedCall } from "@/lib/ingest/kubernetes-call.ts";
import { isCopy, isDryRun, isServerSide, type Reading } from "@/lib/ingest/kubernetes-verbs.ts";
import { shellQuote } from "@/lib/ingest/shell-quote.ts";

/** Types of Kubernetes itself that live in no namespace; listing any other without one means all of them. */
const clusterWide = new Set([
  "nodes",
  "namespaces",
  "persistentvolumes",
  "componentstatuses",
  "storageclasses.storage.k8s.io",
  "volumeattachments.storage.k8s.io",
  "csidrivers.storage.k8s.io",
  "csinodes.storage.k8s.io",
  "clusterroles.rbac.authorization.k8s.io",
  "clusterrolebindings.rbac.authorization.k8s.io",
  "customresourcedefinitions.apiextensions.k8s.io",
  "apiservices.apiregistration.k8s.io",
  "mutatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io",
  "validatingadmissionpolicybindings.admissionregistration.k8s.io",
  "certificatesigningrequests.certificates.k8s.io",
  "priorityclasses.scheduling.k8s.io",
  "ingressclasses.networking.k8s.io",
  "runtimeclasses.node.k8s.io",
  "flowschemas.flowcontrol.apiserver.k8s.io",
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
  "nodes.metrics.k8s.io",
]);

/** Names shown in one line; the calls have the rest. */
const MOST_NAMES = 10;
/** Stands for what the calls do not tell. */
const UNKNOWN = "…";

/** The command as a person would have typed it, as far as its calls tell; … stands for what they do not. */
export function wordCommand(reading: Reading, calls: readonly ParsedCall[]): string {
  const [main] = reading.main;
  if (!main) return `kubectl ${reading.verb}`;
  const words = [
    "kubectl",
    reading.verb,
    ...wordsOf(reading, main, calls),
    ...namespaceWords(reading, main, calls),
  ];
  const impersonated = calls.map(({ call }) => call.impersonatedUser ?? "").find((user) => user !== "");
  if (impersonated !== undefined) words.push(shellQuote([`--as=${impersonated}`]));
  if (reading.verb === "exec") words.push("--", shellQuote(argumentsOf(main)));
  return words.join(" ");
}

function wordsOf(reading: Reading, main: ParsedCall, calls: readonly ParsedCall[]): string[] {
  const object = objectWords(reading.main);
  switch (reading.verb) {
    case "get":
      return main.type === "" || main.subresource === "proxy"
        ? ["--raw", shellQuote([main.call.requestUri])]
        : [...object, ...selectorWords(main), ...watchWords(calls)];
    case "top":
    case "describe":
      return [...object, ...(main.verb === "list" ? selectorWords(main) : [])];
    case "delete":
      return deleteWords(reading.main, calls);
    case "exec":
    case "attach":
      return [...streamWords(main), shellQuote([main.name]), ...containerWords(main)];
    case "logs":
      return [shellQuote([main.name]), ...containerWords(main), ...logWords(main)];
    case "cp":
      return copyWords(reading.main);
    case "port-forward":
      return [`pod/${shellQuote([main.name])}`, UNKNOWN];
    case "drain":
    case "cordon":
    case "run":
      return [main.name === "" ? UNKNOWN : shellQuote([main.name])];
    case "create":
      return [...(main.name === "" ? [singular(main.resource), UNKNOWN] : object), ...dryRunWords(main)];
    case "apply":
    case "diff":
      return [
        ...(isServerSide(reading.main) ? ["--server-side"] : []),
        ...(main.query.get("force") === "true" ? ["--force-conflicts"] : []),
        ...object,
      ];
    case "auth can-i":
      return [UNKNOWN];
    case "auth whoami":
      return [];
    case "set":
    case "rollout":
      return [UNKNOWN, ...object, ...dryRunWords(main)];
    case "patch":
    case "label":
    case "annotate":
    case "taint":
    case "scale":
      return [...object, UNKNOWN, ...dryRunWords(main)];
    default:
      return [...object, ...dryRunWords(main)];
  }
}

/** `pod web-1`, `pods a b`, `pods`, `pods,deployments` or `pod/a deployment/b`. */
function objectWords(calls: readonly ParsedCall[]): string[] {
  const types = [...new Set(calls.map(({ resource }) => resource))];
  const named = calls.filter(({ name }) => name !== "");
  if (named.length === 0) return [types.join(",")];
  const [type] = types;
  if (types.length > 1 || type === undefined) {
    return clipped([
      ...new Set(named.map(({ resource, name }) => shellQuote([`${singular(resource)}/${name}`]))),
    ]);
  }
  const names = [...new Set(named.map(({ name }) => shellQuote([name])))];
  return [names.length === 1 ? singular(type) : type, ...clipped(names)];
}

function clipped(names: readonly string[]): string[] {
  return names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), UNKNOWN] : [...names];
}

function namespaceWords(reading: Reading, main: ParsedCall, calls: readonly ParsedCall[]): string[] {
  if (reading.verb === "drain") return [];
  if (main.namespace !== "" && main.resource !== "namespaces") return ["-n", shellQuote([main.namespace])];
  const first = reading.verb === "delete" ? calls[0] : main;
  const everywhere = first?.verb === "list" && first.type !== "" && !clusterWide.has(first.type);
  return everywhere ? ["-A"] : [];
}

function selectorWords(call: ParsedCall): string[] {
  const labels = call.query.get("labelSelector");
  const fields = call.query.get("fieldSelector");
  return [
    ...(labels ? ["-l", shellQuote([labels])] : []),
    ...(fields && !call.fields.has("metadata.name") ? ["--field-selector", shellQuote([fields])] : []),
  ];
}

function watchWords(calls: readonly ParsedCall[]): string[] {
  return calls.some(({ verb }) => verb === "watch") ? ["-w"] : [];
}

function deleteWords(deleted: readonly ParsedCall[], calls: readonly ParsedCall[]): string[] {
  const [first] = calls;
  const collection =
    deleted.find(({ verb }) => verb === "deletecollection") ?? (first?.verb === "list" ? first : undefined);
  if (!collection) return objectWords(deleted);
  const selectors = selectorWords(collection);
  return [collection.resource, ...(selectors.length > 0 ? selectors : ["--all"])];
}

function streamWords(call: ParsedCall): string[] {
  const flags = `${call.query.get("stdin") === "true" ? "i" : ""}${call.query.get("tty") === "true" ? "t" : ""}`;
  return flags === "" ? [] : [`-${flags}`];
}

function containerWords(call: ParsedCall): string[] {
  const container = call.query.get("container");
  return container ? ["-c", shellQuote([container])] : [];
}

function logWords(call: ParsedCall): string[] {
  const { query } = call;
  const words: string[] = [];
  if (query.get("follow") === "true") words.push("-f");
  if (query.get("previous") === "true") words.push("-p");
  if (query.get("timestamps") === "true") words.push("--timestamps");
  for (const [parameter, flag, unit] of [
    ["tailLines", "--tail=", ""],
    ["sinceSeconds", "--since=", "s"],
    ["sinceTime", "--since-time=", ""],
  ] as const) {
    const value = query.get(parameter);
    if (value) words.push(shellQuote([`${flag}${value}${unit}`]));
  }
  return words;
}

/** The side of the copy that is in the container; the other is a file of the person's. */
function copyWords(execs: readonly ParsedCall[]): string[] {
  const copy = execs.find(isCopy);
  if (!copy) return [UNKNOWN];
  const args = argumentsOf(copy);
  if (args[1] === "cf")
    return [shellQuote([`${copy.name}:${args[args.length - 1] ?? ""}`]), UNKNOWN, ...containerWords(copy)];
  const test = execs.map(argumentsOf).find(([program]) => program === "test");
  const folder = args.indexOf("-C");
  const path = test?.[2] ?? (folder < 0 ? UNKNOWN : args[folder + 1]);
  return [UNKNOWN, shellQuote([`${copy.name}:${path}`]), ...containerWords(copy)];
}

function dryRunWords(call: ParsedCall): string[] {
  return isDryRun(call) ? ["--dry-run=server"] : [];
}

/** kubectl takes both; the API only knows the plural. */
function singular(resource: string): string {
  if (resource.endsWith("ies")) return `${resource.slice(0, -3)}y`;
  if (/(?:ss|us|x|ch|sh)es$/.test(resource)) return resource.slice(0, -2);
  return /[^s]s$/.test(resource) && resource !== "endpoints" ? resource.slice(0, -1) : resource;
}
