import type { Command } from "@/lib/generated/prisma/client.ts";
import { defineLogView } from "../define.ts";
import { id, name, oneOf, text } from "../filters.ts";

export const commands = defineLogView<Command>()({
  slug: "commands",
  title: "Commands",
  description: "A command line that someone ran on a target.",
  table: "commands",
  columns: {
    time: { header: "Time", cell: "time" },
    user: { header: "User", cell: "text" },
    target: { header: "Target", cell: "text" },
    targetUser: { header: "Target user", cell: "text" },
    command: { header: "Command", cell: "command" },
    space: { header: "Space", cell: "text" },
    connectionId: { header: "Connection", cell: "connection" },
    offsetMs: { header: "Replay", cell: "replay" },
    outcome: { header: "Outcome", cell: "badge", hidden: true },
    reason: { header: "Reason", cell: "text", hidden: true },
    exitCode: { header: "Exit code", cell: "code", hidden: true },
    origin: { header: "Origin", cell: "badge", hidden: true },
    clientAddress: { header: "Client address", cell: "text", hidden: true },
    workingDirectory: { header: "Working directory", cell: "text", hidden: true },
    id: { header: "Id", cell: "id", hidden: true },
  },
  filters: {
    q: text(["command"], "Command text"),
    user: name("user", "User"),
    target: name("target", "Target"),
    targetUser: name("targetUser", "Target user"),
    space: name("space", "Space"),
    connection: id("connectionId", "Connection"),
    outcome: oneOf("outcome", "Outcome", ["accepted", "rejected"]),
    origin: oneOf("origin", "Origin", ["reported", "inferred"]),
  },
  series: { column: "outcome", values: ["accepted", "rejected"] },
  indexed: ["user", "connectionId"],
  trigrams: "command",
  links: [{ label: "Connection", view: "connections", filter: "connection", column: "connectionId" }],
});
