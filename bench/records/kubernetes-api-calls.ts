import type { DraftOf } from "@/lib/ingest/rows.ts";
import type { Made, World } from "./made.ts";
import { Random } from "./random.ts";
import { idAt, instant } from "./schedule.ts";

type Call = DraftOf<"kubernetes-api-calls">;

const resources: readonly { resource: string; apiGroup?: string }[] = [
  { resource: "pods" },
  { resource: "deployments", apiGroup: "apps" },
  { resource: "services" },
  { resource: "configmaps" },
  { resource: "secrets" },
  { resource: "events" },
  { resource: "nodes" },
  { resource: "replicasets", apiGroup: "apps" },
  { resource: "ingresses", apiGroup: "networking.k8s.io" },
  { resource: "jobs", apiGroup: "batch" },
  { resource: "leases", apiGroup: "coordination.k8s.io" },
  { resource: "endpointslices", apiGroup: "discovery.k8s.io" },
];
const verbs = ["get", "list", "watch", "patch", "update", "create", "delete"];
const agents = {
  kubectl: "kubectl/v1.32.1 (linux/amd64) kubernetes/e9c9be4",
  browser:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  controller: "kube-controller-manager/v1.32.1 (linux/amd64) kubernetes/e9c9be4/shared-informers",
};

/** API calls: half of them by controllers, the others by people, whose kubectl makes one to four at a time. */
export function* kubernetesApiCalls({
  seed,
  organization,
  schedule,
  rows,
}: World): Generator<Made<"kubernetes-api-calls">> {
  const random = new Random(`${seed} calls`);
  for (let row = 0; row < rows; ) {
    const micros = schedule.microsAt(Math.min(row / rows, 0.999999));
    const controller = random.chance(0.5);
    const browser = !controller && random.chance(0.3);
    const person = random.pick(organization.people);
    const service = random.pick(organization.namespaces);
    const base = {
      cluster: random.pick(organization.clusters),
      namespace: service,
      user: controller ? `system:serviceaccount:${service}:default` : person.email,
      groups: controller
        ? ["system:serviceaccounts", `system:serviceaccounts:${service}`, "system:authenticated"]
        : ["engineering", "system:authenticated"],
      targetUser: controller ? "system:serviceaccounts" : "engineering",
      clientAddress: controller ? `10.0.0.${1 + random.below(32)}` : random.pick(person.addresses),
      userAgent: controller ? agents.controller : browser ? agents.browser : agents.kubectl,
      accessMethod: controller ? ("API" as const) : browser ? ("browser" as const) : ("kubectl CLI" as const),
    };
    const commandId = base.accessMethod === "kubectl CLI" ? idAt(micros, random) : undefined;
    const calls = commandId === undefined ? 1 : 1 + random.popular(4);
    for (let call = 0; call < calls && row < rows; call++) {
      for (const made of stagesOf(random, base, micros + call * (1000 + random.below(80_000)))) {
        if (row++ < rows) yield { ...made, ...(commandId !== undefined && { commandId }) };
      }
    }
  }
}

/** A watch is told of when it begins to answer and when it has ended, other calls when they are complete. */
function stagesOf(random: Random, base: Partial<Call>, micros: number): Made<"kubernetes-api-calls">[] {
  const { resource, apiGroup } = random.pick(resources);
  const verb = random.pick(verbs);
  const one = verb !== "list" && verb !== "watch" && verb !== "create";
  const name = `${base.namespace}-${random.hex(random.chance(0.5) ? 5 : 10)}`;
  const status = random.pick([200, 200, 200, 201, 404, 403, 409, 500]);
  const group = apiGroup === undefined ? "/api/v1" : `/apis/${apiGroup}/v1`;
  const query =
    verb === "list" ? "?limit=500" : verb === "watch" ? `?watch=1&resourceVersion=${random.below(1e8)}` : "";
  const call = {
    ...base,
    time: instant(micros),
    auditId: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
    resource,
    ...(apiGroup !== undefined && { apiGroup }),
    ...(one && { name }),
    verb,
    requestUri: `${group}/namespaces/${base.namespace}/${resource}${one ? `/${name}` : ""}${query}`,
    status,
    decision: status === 403 ? "forbid" : "allow",
  };
  const durationUs =
    verb === "watch" ? 60_000_000 + random.below(480_000_000) : 400 + Math.floor(random.exponential(9000));
  const stages =
    verb === "watch" ? (["ResponseStarted", "ResponseComplete"] as const) : (["ResponseComplete"] as const);
  return stages.map((stage) => ({
    micros,
    row: { ...call, stage, ...(stage === "ResponseComplete" && { durationUs }) } as Call,
  }));
}
