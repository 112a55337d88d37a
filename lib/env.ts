import "server-only";
import { z } from "zod";

/** The environment, checked once: a wrong value stops the server with the name of the variable. */
const schema = z.object({
  /** PostgreSQL as the application's role, which reads and inserts. */
  DATABASE_URL: z.string().min(1),
  /** Where exports and secrets of the installation may be kept. */
  DATA_DIR: z.string().min(1),
  /** The address people open, without a path; sign-in and links rely on it. */
  NEXTAUTH_URL: z.url(),
  NEXTAUTH_SECRET: z.string().min(32),
  /** Key of the digests that stand for masked secrets, base64 of 32 bytes. */
  REDACTION_KEY: z.base64().refine((key) => Buffer.from(key, "base64").length >= 32, "must hold 32 bytes"),
  /** Where sudo's log protocol is listened for; not at all without a port. */
  SUDO_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  SUDO_HOST: z.string().min(1).default("127.0.0.1"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export type Env = z.output<typeof schema>;

let checked: Env | undefined;

/** @throws Error that names each bad variable */
export function env(): Env {
  if (checked) return checked;
  const parsed = schema.safeParse(process.env);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The environment is incomplete. ${reasons.join("; ")}`);
  }
  checked = parsed.data;
  return checked;
}
