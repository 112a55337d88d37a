import type { UserEvent } from "@/lib/generated/prisma/client.ts";
import { defineLogView } from "../define.ts";
import { name, number, oneOf, text } from "../filters.ts";

export const userEvents = defineLogView<UserEvent>()({
  slug: "user-events",
  title: "User events",
  description: "One request to an API or a page by a person or a token, reads included.",
  table: "user_events",
  columns: {
    time: { header: "Time", cell: "time" },
    user: { header: "User or API key", cell: "text" },
    action: { header: "Action", cell: "text" },
    resource: { header: "Resource", cell: "command" },
    outcome: { header: "Outcome", cell: "badge" },
    clientAddress: { header: "Address", cell: "text" },
    userAgent: { header: "User agent", cell: "text" },
    durationUs: { header: "Duration", cell: "duration" },
    requestId: { header: "Request id", cell: "id" },
    actorType: { header: "Actor type", cell: "badge", hidden: true },
    status: { header: "Status", cell: "code", hidden: true },
    count: { header: "Count", cell: "count", hidden: true },
    id: { header: "Id", cell: "id", hidden: true },
  },
  filters: {
    q: text(["resource"], "Resource"),
    user: name("user", "User or API key"),
    action: name("action", "Action"),
    outcome: oneOf("outcome", "Outcome", ["success", "failure", "denied"]),
    actorType: oneOf("actorType", "Actor type", [
      "user",
      "api-key",
      "source",
      "service-account",
      "system",
      "anonymous",
    ]),
    clientAddress: name("clientAddress", "Address"),
    requestId: { kind: "name", column: "requestId", label: "Request id" },
    status: number("status", "Status"),
  },
  series: { column: "outcome", values: ["success", "failure", "denied"] },
  indexed: ["user"],
  trigrams: "resource",
  links: [],
});
