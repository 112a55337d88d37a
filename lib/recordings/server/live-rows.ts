import "server-only";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import { contextOf, type IngestSource, type PreparedRecord } from "@/lib/ingest/server/prepare.ts";
import { inSpace } from "@/lib/ingest/space-setting.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { redactSudoEvent } from "@/lib/record/redact.ts";
import { storable } from "@/lib/record/text.ts";
import type { RecordedCommand } from "../commands.ts";
import type { CommandFacts, SessionFacts } from "../live-session.ts";
import { recordOfRow } from "./tell.ts";
import { timely } from "./timely.ts";

/** What sessions under way write into the logs. */

export type ConnectionEvent = "open" | "closed" | "connected" | "disconnected";

/** The kind of a session's connection. */
export function kindOf(kind: SessionFacts["kind"]): "sudo" | "ssh" {
  return kind === "sudo" ? "sudo" : "ssh";
}

/** A command as lists of a session's commands have it. */
export function recordedCommand({ command, argv }: CommandFacts, timeUs: number): RecordedCommand {
  return { timeUs, command: storable(wordsOf(command, argv)), origin: "reported" };
}

/** A row of Commands; of a session when `ref` names one, `timeUs` into it. */
export function commandDraft(
  source: IngestSource,
  facts: CommandFacts,
  ref: string | undefined,
  timeUs: number,
  denied: string | null,
): RowDraft {
  const { at, user, target, targetUser, command, argv, cwd } = facts;
  return {
    log: "commands",
    row: {
      time: timely(at),
      user: user ?? "unknown",
      target: target ?? source.name,
      command: storable(wordsOf(command, argv)),
      outcome: denied === null ? "accepted" : "rejected",
      origin: "reported",
      ...(ref !== undefined && { connectionRef: ref, offsetMs: Math.floor(timeUs / 1000) }),
      ...(targetUser !== null && { targetUser }),
      ...(cwd !== null && { workingDirectory: cwd }),
      ...(denied !== null && { reason: denied }),
    },
  };
}

/** A row of Connection Events. */
export function eventDraft(
  source: IngestSource,
  facts: SessionFacts,
  ref: string,
  event: ConnectionEvent,
  time: string,
  cause?: string,
): RowDraft {
  const { user, target, targetUser, kind, clientAddress } = facts;
  return {
    log: "connection-events",
    row: {
      time: timely(time),
      user: user ?? "unknown",
      connectionRef: ref,
      event,
      outcome: "allowed",
      target: target ?? source.name,
      kind: kindOf(kind),
      ...(targetUser !== null && { targetUser }),
      ...(clientAddress !== undefined && { clientAddress }),
      ...(cause !== undefined && { cause }),
    },
  };
}

/** The program's path with its arguments, as sudo's own log prints them. */
function wordsOf(command: string | null, argv: readonly string[] | null): string {
  if (argv === null || argv.length === 0) return command ?? "";
  const [, ...rest] = argv;
  return [command ?? argv[0] ?? "", ...rest].join(" ");
}

/** The record of a row: what the host sent, without secrets, or else the row itself. */
export function recordOf(
  source: IngestSource,
  id: string,
  draft: RowDraft,
  original?: CommandFacts["original"],
): PreparedRecord {
  const raw = original
    ? redactSudoEvent(Buffer.from(JSON.stringify(original)), contextOf(source, nowInstant()))
    : Buffer.from(JSON.stringify(draft.row));
  return recordOfRow(storable(id).slice(0, 500), raw, inSpace(draft, source.settings["space"]));
}
