import "server-only";
import { z } from "zod";
import { type Kill, killStates } from "@/lib/kills/kill.ts";
import { recordTime } from "@/lib/logs/row-schema.ts";
import type { SessionLog, SessionPage } from "@/lib/sessions/session-log.ts";
import type { DeletedTarget } from "@/lib/targets/target-line.ts";

// As answers.ts, for sessions under Border0's names and for their end.

const count = z.int().min(0);

export const kill = z.object({
  id: z.uuid(),
  connectionId: z.uuid(),
  state: z
    .enum(killStates)
    .describe(
      "`requested` until the host was told; `undelivered` when the connection closed before that, `failed` when the host could not.",
    ),
  cause: z.string().describe("The cause of the connection's closing."),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: recordTime,
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: recordTime.nullable(),
  settledBy: z.string().nullable(),
  settledAt: recordTime.nullable(),
  detail: z.string().nullable(),
}) satisfies z.ZodType<Kill>;

export const session = z.object({
  session_id: z.uuid().describe("The connection's id."),
  socket_id: z.uuid().nullable().describe("The target's id."),
  socket_name: z.string(),
  start_time: recordTime,
  end_time: recordTime.nullable(),
  last_seen: recordTime,
  user_email: z.string(),
  name: z.string(),
  nickname: z.string(),
  picture: z.string(),
  sub: z.uuid().nullable().describe("The user's id, of a user of Daybook."),
  server_name: z.string(),
  server_port: z.string().nullable(),
  client_ip: z.string().nullable(),
  client_port: z.string().nullable(),
  session_type: z.string(),
  sshuser: z.string().nullable(),
  result: z.enum(["success", "denied"]),
  killed: z.boolean().describe("Whether somebody ended it through Daybook."),
  audit_log: z.boolean().describe("Whether a recording of it can be had."),
  recordings: z.array(z.object({ recording_id: z.uuid(), start_time: recordTime })),
  metadata: z.object({
    ip_metadata: z.object({ city_name: z.string().nullable(), country_name: z.string().nullable() }),
  }),
}) satisfies z.ZodType<SessionLog>;

export const sessionPage = z.object({
  pagination: z.object({
    current_page: count,
    next_page: count.describe("0 behind the last page."),
    total_records: count,
    total_pages: count,
    records_per_page: count,
    actual_page_size: count,
  }),
  session_logs: z.array(session),
}) satisfies z.ZodType<SessionPage>;

export const opened = z.object({
  id: z.uuid(),
  ref: z.string().describe("The source's name for it; the same name is the same connection."),
  url: z.string(),
});

export const told = z.object({ event: z.string(), time: recordTime });

export const deletedTarget = z.object({
  told: count.describe("Connections whose hosts are told to end them."),
  closed: count.describe("Connections whose hosts cannot be told: closed in the record alone."),
}) satisfies z.ZodType<DeletedTarget>;
