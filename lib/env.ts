import "server-only";
import { z } from "zod";
import { isSmtpUrl, mailbox, smtpForm } from "@/lib/mail/address.ts";

/** An empty variable is none. */
const text = z
  .string()
  .optional()
  .transform((value) => value || undefined);

/** A port, or none; an empty text is none. */
const port = text.pipe(z.coerce.number<string>().int().min(1).max(65_535).optional());

/** The environment, checked once: a wrong value stops the server with the name of the variable. */
const variables = z.object({
  /** PostgreSQL as the application's role, which reads and inserts. */
  DATABASE_URL: z.string().min(1),
  /** Where exports and secrets of the installation may be kept. */
  DATA_DIR: z.string().min(1),
  /** The address people open, without a path; sign-in and links rely on it. */
  NEXTAUTH_URL: z.url(),
  NEXTAUTH_SECRET: z.string().min(32),
  /** Key of the digests that stand for masked secrets, base64 of 32 bytes. */
  REDACTION_KEY: z.base64().refine((key) => Buffer.from(key, "base64").length >= 32, "must hold 32 bytes"),
  /** Signs certificates: a P-256 key as PKCS #8, base64. */
  AUTHORITY_KEY: z.base64().min(1),
  /** Encrypts secrets that are needed again in clear, base64 of 32 bytes. */
  SEALING_KEY: z.base64().refine((key) => Buffer.from(key, "base64").length >= 32, "must hold 32 bytes"),
  /** Lets identity providers of this machine be reached by plain HTTP, for trying things out. */
  SSO_LOOPBACK_HTTP: text.pipe(z.enum(["true", "false"]).optional()).transform((value) => value === "true"),
  /** An mmdb, or a folder of them, that says where addresses are. */
  GEOIP_DB: text,
  /** Where sudo's log protocol is listened for, plain and over TLS; not at all without a port. */
  SUDO_PORT: port,
  SUDO_TLS_PORT: port,
  SUDO_HOST: z.string().min(1).default("127.0.0.1"),
  /** The mail server: `smtp://user:password@host:port`, or smtps; without one no mail is sent. */
  SMTP_URL: text.pipe(z.string().refine(isSmtpUrl, smtpForm).optional()),
  /** Whom mails are from: `daybook@example.org`, or with a name `Daybook <daybook@example.org>`. */
  MAIL_FROM: text.pipe(
    z
      .string()
      .max(320)
      .refine((from) => mailbox(from) !== undefined, "must be an address as daybook@example.org")
      .optional(),
  ),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** The bucket of the recordings; files below DATA_DIR without one. */
  RECORDINGS_S3_BUCKET: text.pipe(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket")
      .optional(),
  ),
  /** Of a store that is not Amazon's. */
  RECORDINGS_S3_ENDPOINT: text.pipe(z.url({ protocol: /^https?$/ }).optional()),
  RECORDINGS_S3_REGION: text.pipe(z.string().default("us-east-1")),
  /** What the keys of this installation begin with; no other may use the same. */
  RECORDINGS_S3_PREFIX: text.pipe(
    z
      .string()
      .regex(
        /^[\w.-]+(?:\/[\w.-]+)*\/?$/,
        "must be names of letters, digits, dots, dashes and underscores, separated by slashes",
      )
      .max(200)
      .default("daybook/")
      .transform((prefix) => prefix.replace(/\/?$/, "/")),
  ),
  /** The bucket's name in the path instead of the host name; so by default where an endpoint is set. */
  RECORDINGS_S3_PATH_STYLE: text.pipe(z.enum(["true", "false"]).optional()),
  /** Without these, the machine's own role or what else Amazon's tools find. */
  RECORDINGS_S3_ACCESS_KEY_ID: text,
  RECORDINGS_S3_SECRET_ACCESS_KEY: text,
});

const schema = variables.superRefine((values, context) => {
  const { RECORDINGS_S3_ACCESS_KEY_ID: id, RECORDINGS_S3_SECRET_ACCESS_KEY: secret } = values;
  const missing = (name: string, message: string) =>
    context.addIssue({ code: "custom", path: [name], message });
  if (id !== undefined && secret === undefined)
    missing("RECORDINGS_S3_SECRET_ACCESS_KEY", "is missing beside RECORDINGS_S3_ACCESS_KEY_ID");
  if (id === undefined && secret !== undefined)
    missing("RECORDINGS_S3_ACCESS_KEY_ID", "is missing beside RECORDINGS_S3_SECRET_ACCESS_KEY");
  if (values.SMTP_URL !== undefined && values.MAIL_FROM === undefined)
    missing("MAIL_FROM", "is missing beside SMTP_URL");
  if (values.SMTP_URL === undefined && values.MAIL_FROM !== undefined)
    missing("SMTP_URL", "is missing beside MAIL_FROM");
  if (values.RECORDINGS_S3_BUCKET !== undefined) return;
  for (const name of ["RECORDINGS_S3_ENDPOINT", "RECORDINGS_S3_ACCESS_KEY_ID"] as const)
    if (values[name] !== undefined) missing("RECORDINGS_S3_BUCKET", `is missing beside ${name}`);
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
