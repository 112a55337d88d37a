import type { KubernetesCommand } from "@/lib/generated/prisma/client.ts";
import { defineLogView } from "../define.ts";
import { id, name, oneOf, text } from "../filters.ts";

export const kubernetesCommands = defineLogView<KubernetesCommand>()({
  slug: "kubernetes-commands",
  title: "Kubernetes commands",
  description: "One use of kubectl, with the API calls that it made.",
  table: "kubernetes_commands",
  columns: {
    time: { header: "Time", cell: "time" },
    user: { header: "User", cell: "text" },
    cluster: { header: "Cluster", cell: "text" },
    targetUser: { header: "Target user or groups", cell: "text" },
    command: { header: "Command", cell: "command" },
    apiCalls: { header: "API calls", cell: "count" },
    accessMethod: { header: "Access method", cell: "badge" },
    origin: { header: "Origin", cell: "badge" },
    outcome: { header: "Outcome", cell: "badge", hidden: true },
    verb: { header: "Verb", cell: "text", hidden: true },
    resource: { header: "Resource", cell: "text", hidden: true },
    name: { header: "Name", cell: "text", hidden: true },
    namespace: { header: "Namespace", cell: "text", hidden: true },
    clientAddress: { header: "Client address", cell: "text", hidden: true },
    endTime: { header: "Last call", cell: "time", hidden: true },
    id: { header: "Id", cell: "id", hidden: true },
  },
  filters: {
    q: text(["command"], "Command text"),
    user: name("user", "User"),
    cluster: name("cluster", "Cluster"),
    targetUser: name("targetUser", "Target user or groups"),
    namespace: name("namespace", "Namespace"),
    resource: name("resource", "Resource"),
    accessMethod: oneOf("accessMethod", "Access method", ["browser", "kubectl CLI", "API"]),
    outcome: oneOf("outcome", "Outcome", ["success", "failure", "denied"]),
    origin: oneOf("origin", "Origin", ["reported", "inferred"]),
    command: id("id", "Command"),
  },
  series: { column: "outcome", values: ["success", "failure", "denied"] },
  indexed: ["user", "id"],
  links: [{ label: "API calls", view: "kubernetes-api-calls", filter: "command", column: "id" }],
  projection: {
    changing: ["command", "resource", "namespace", "outcome", "targetUser"],
  },
});
