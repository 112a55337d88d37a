import type { Connection } from "@/lib/generated/prisma/client.ts";
import { connectionKinds } from "@/lib/ingest/enumerations.ts";
import { defineLogView } from "../define.ts";
import { id, name, oneOf, text } from "../filters.ts";

export const connections = defineLogView<Connection>()({
  slug: "connections",
  title: "Connections",
  description: "One access to one target, from its first event to its last.",
  table: "connections",
  columns: {
    time: { header: "Start", cell: "time" },
    endTime: { header: "End", cell: "time" },
    user: { header: "User", cell: "text" },
    id: { header: "Connection ID", cell: "connection" },
    status: { header: "Status", cell: "badge" },
    space: { header: "Space", cell: "text" },
    targetUser: { header: "Target user", cell: "text" },
    target: { header: "Target", cell: "text" },
    kind: { header: "Kind", cell: "badge" },
    clientAddress: { header: "Client address", cell: "text" },
    place: { header: "Place", cell: "text" },
    placeSource: { header: "Place said by", cell: "text", hidden: true },
    outcome: { header: "Outcome", cell: "badge", hidden: true },
    cause: { header: "Cause", cell: "text", hidden: true },
    clientSoftware: { header: "Client software", cell: "text", hidden: true },
    lastEventTime: { header: "Last event", cell: "time", hidden: true },
    events: { header: "Events", cell: "count", hidden: true },
    ref: { header: "Name at the source", cell: "text", hidden: true },
  },
  filters: {
    q: text(["target", "user", "ref", "cause"], "Target, user, cause"),
    user: name("user", "User"),
    target: name("target", "Target"),
    targetUser: name("targetUser", "Target user"),
    space: name("space", "Space"),
    connection: id("id", "Connection"),
    status: oneOf("status", "Status", ["opened", "closed", "inactive"]),
    kind: oneOf("kind", "Kind", connectionKinds),
    outcome: oneOf("outcome", "Outcome", ["allowed", "denied"]),
    clientAddress: name("clientAddress", "Client address"),
    place: { kind: "name", column: "place", label: "Place" },
  },
  series: { column: "status", values: ["opened", "inactive", "closed"] },
  indexed: ["user", "id"],
  links: [
    { label: "Events", view: "connection-events", filter: "connection", column: "id" },
    { label: "Commands", view: "commands", filter: "connection", column: "id" },
    {
      label: "API calls",
      view: "kubernetes-api-calls",
      filter: "connection",
      column: "id",
      when: { column: "kind", values: ["kubernetes"] },
    },
  ],
  projection: { changing: ["status", "outcome", "cause"] },
});
