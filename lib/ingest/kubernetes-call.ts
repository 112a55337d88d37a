import type { KubernetesCall } from "@/lib/ingest/kubernetes-commands.ts";

/** A call with what the grouping asks of it again and again. Times are microseconds since 1970. */
export type ParsedCall = {
  call: KubernetesCall;
  start: number;
  /** Undefined while the call runs, and for a call of which only an early stage came. */
  end: number | undefined;
  verb: string;
  /** Plural and group, as in `deployments.apps`; "" for what is no resource. */
  type: string;
  resource: string;
  subresource: string;
  namespace: string;
  /** From the object's reference, else from `fieldSelector=metadata.name=…`. */
  name: string;
  path: string;
  query: URLSearchParams;
  /** `fieldManager`: kubectl names itself and its command here. */
  manager: string;
  /** The fields of `fieldSelector` that are compared with `=`. */
  fields: ReadonlyMap<string, string>;
};

export function parseCall(call: KubernetesCall): ParsedCall {
  const mark = call.requestUri.indexOf("?");
  const path = mark < 0 ? call.requestUri : call.requestUri.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : call.requestUri.slice(mark + 1));
  const fields = selectorFields(query.get("fieldSelector") ?? "");
  const start = microsOf(call.time);
  const resource = call.resource ?? "";
  const group = call.apiGroup ?? "";
  return {
    call,
    start,
    end: typeof call.durationUs === "number" ? start + call.durationUs : undefined,
    verb: call.verb,
    type: group === "" ? resource : `${resource}.${group}`,
    resource,
    subresource: call.subresource ?? "",
    namespace: call.namespace ?? "",
    name: call.name ?? fields.get("metadata.name") ?? "",
    path,
    query,
    manager: query.get("fieldManager") ?? "",
    fields,
  };
}

/** A call by which a client learns what the server offers; it says nothing of what its user wants. */
export function isDiscovery(call: KubernetesCall): boolean {
  if (call.resource) return false;
  const path = call.requestUri.split("?", 1)[0] ?? "";
  return /^\/(?:api(?:\/v\d\w*)?|apis(?:\/[^/]+){0,2}|openapi(?:\/.*)?|version|swagger.*)\/?$/.test(path);
}

/** Discovery happens when kubectl starts; the schemas of /openapi are read in the middle. */
export function isStartOfDiscovery(call: KubernetesCall): boolean {
  return isDiscovery(call) && !/^\/(?:openapi|swagger)/.test(call.requestUri);
}

export function isRead(call: ParsedCall): boolean {
  return (call.verb === "get" || call.verb === "list") && call.subresource === "";
}

/** A read of one object by its name. */
export function isGet(call: ParsedCall): boolean {
  return call.verb === "get" && call.subresource === "" && call.name !== "";
}

export function isMutation(call: ParsedCall): boolean {
  return ["create", "update", "patch", "delete", "deletecollection"].includes(call.verb);
}

/** A connection over the API: exec, attach or port-forward. */
export function isUpgrade(call: ParsedCall): boolean {
  return ["exec", "attach", "portforward"].includes(call.subresource);
}

export function sameObject(a: ParsedCall, b: ParsedCall): boolean {
  return a.name !== "" && a.name === b.name && a.type === b.type && a.namespace === b.namespace;
}

export function sameCollection(a: ParsedCall, b: ParsedCall): boolean {
  return a.type === b.type && a.namespace === b.namespace;
}

/** A list or watch of the one object that `metadata.name` selects. */
export function isNamedQuery(call: ParsedCall): boolean {
  return (call.verb === "list" || call.verb === "watch") && call.fields.has("metadata.name");
}

/** The arguments of an exec. */
export function argumentsOf(call: ParsedCall): string[] {
  return call.query.getAll("command");
}

/** Microseconds since 1970 of a time in the record's form. */
function microsOf(time: string): number {
  const fraction = /\.(\d{1,6})/.exec(time)?.[1] ?? "";
  return Date.parse(`${time.slice(0, 19)}Z`) * 1000 + Number(fraction.padEnd(6, "0"));
}

function selectorFields(selector: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const term of selector.split(",")) {
    const found = /^([^=!]+)==?(.*)$/.exec(term);
    if (found?.[1] !== undefined) fields.set(found[1], found[2] ?? "");
  }
  return fields;
}
