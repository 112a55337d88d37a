import type { ConnectionEvent } from "@/lib/generated/prisma/client.ts";
import { connectionEventTypes, connectionKinds } from "@/lib/ingest/enumerations.ts";
import { defineLogView } from "../define.ts";
import { id, name, oneOf, text } from "../filters.ts";

export const connectionEvents = defineLogView<ConnectionEvent>()({
  slug: "connection-events",
  title: "Connection events",
  description: "Something that happened to a connection: opened, closed, connected or disconnected.",
  table: "connection_events",
  columns: {
    time: { header: "Time", cell: "time" },
    user: { header: "User", cell: "text" },
    connectionId: { header: "Connection ID", cell: "connection" },
    event: { header: "Event", cell: "badge" },
    space: { header: "Space", cell: "text" },
    targetUser: { header: "Target user", cell: "text" },
    target: { header: "Target", cell: "text" },
    cause: { header: "Cause", cell: "text" },
    kind: { header: "Kind", cell: "badge", hidden: true },
    outcome: { header: "Outcome", cell: "badge", hidden: true },
    clientAddress: { header: "Client address", cell: "text", hidden: true },
    clientPort: { header: "Client port", cell: "code", hidden: true },
    clientSoftware: { header: "Client software", cell: "text", hidden: true },
    city: { header: "City", cell: "text", hidden: true },
    country: { header: "Country", cell: "text", hidden: true },
    connectionRef: { header: "Name at the source", cell: "text", hidden: true },
    id: { header: "Id", cell: "id", hidden: true },
  },
  filters: {
    q: text(["cause"], "Cause"),
    user: name("user", "User"),
    target: name("target", "Target"),
    targetUser: name("targetUser", "Target user"),
    space: name("space", "Space"),
    connection: id("connectionId", "Connection"),
    event: oneOf("event", "Event", connectionEventTypes),
    outcome: oneOf("outcome", "Outcome", ["allowed", "denied"]),
    kind: oneOf("kind", "Kind", connectionKinds),
    clientAddress: name("clientAddress", "Client address"),
  },
  series: { column: "event", values: connectionEventTypes },
  indexed: ["user", "connectionId"],
  links: [
    { label: "Connection", view: "connections", filter: "connection", column: "connectionId" },
    { label: "Commands", view: "commands", filter: "connection", column: "connectionId" },
  ],
});
