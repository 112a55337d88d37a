import { z } from "zod";
import { textFault } from "@/lib/http/body.ts";

/** One connection under the names of Border0's sessions API. Times are UTC with microseconds. */
export type SessionLog = {
  session_id: string;
  /** The target's. Null when no target of this name is known. */
  socket_id: string | null;
  socket_name: string;
  start_time: string;
  end_time: string | null;
  last_seen: string;
  user_email: string;
  /** The person's name where they are a user, else as the records call them. */
  name: string;
  nickname: string;
  picture: string;
  /** The user's id. */
  sub: string | null;
  server_name: string;
  server_port: string | null;
  client_ip: string | null;
  client_port: string | null;
  session_type: string;
  sshuser: string | null;
  result: "success" | "denied";
  /** Whether somebody ended it through Daybook. */
  killed: boolean;
  /** Whether a recording of it can be had. */
  audit_log: boolean;
  recordings: { recording_id: string; start_time: string }[];
  metadata: { ip_metadata: { city_name: string | null; country_name: string | null } };
};

export type SessionPage = {
  pagination: {
    current_page: number;
    /** 0 behind the last page. */
    next_page: number;
    total_records: number;
    total_pages: number;
    records_per_page: number;
    actual_page_size: number;
  };
  session_logs: SessionLog[];
};

/** `PUT` of a session: its end is all that can be asked for. */
export const sessionChange = z.strictObject({
  killed: z.literal(true, { error: "must be true" }),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .refine((text) => textFault(text) === undefined, "cannot be stored")
    .default("No reason was given."),
});
