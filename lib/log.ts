import "server-only";
import { type Logger, pino } from "pino";
import { env } from "@/lib/env.ts";

let logger: Logger | undefined;

/** The server's own log: one JSON object per line on standard output. */
export function log(): Logger {
  logger ??= pino({ level: env().LOG_LEVEL, base: null });
  return logger;
}
