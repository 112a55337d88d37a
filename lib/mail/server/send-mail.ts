import "server-only";
import net from "node:net";
import { createTransport } from "nodemailer";
import type SMTPTransport from "nodemailer/lib/smtp-transport";
import { env } from "@/lib/env.ts";
import { log } from "@/lib/log.ts";
import { type Mailbox, mailbox } from "../address.ts";
import { mailLimits } from "../limits.ts";

/** A mail of plain text. Line ends in `subject` cannot become headers: the text is made one line. */
export type Mail = { to: string; subject: string; text: string };

/** A mail that did not go out; `message` may be shown to who caused it, the rest stands in the server's log. */
export class MailFault extends Error {
  override name = "MailFault";
}

/** Whether SMTP_URL is set: without it nobody can be sent anything. */
export function mailIsSetUp(): boolean {
  return env().SMTP_URL !== undefined;
}

/**
 * Sends one mail over a connection of its own, and returns when the mail server has taken it.
 *
 * @throws MailFault when it did not, within {@link mailLimits}, or when mail is not set up
 */
export async function sendMail({ to, subject, text }: Mail): Promise<void> {
  const { SMTP_URL, MAIL_FROM } = env();
  const from = MAIL_FROM === undefined ? undefined : mailbox(MAIL_FROM);
  if (SMTP_URL === undefined || from === undefined) throw new MailFault("mail is not set up");
  const recipient = mailbox(to);
  if (recipient?.address !== to) throw new MailFault("the address cannot be sent mail to");
  await inTurn(async () => {
    const transport = createTransport(optionsOf(SMTP_URL));
    try {
      await inTime(transport.sendMail({ ...messageOf(from, recipient, subject, text), ...closed }));
    } catch (error) {
      if (error instanceof MailFault) throw error;
      log().error({ err: error }, "a mail was not sent");
      throw new MailFault(faultOf(error));
    } finally {
      transport.close();
    }
  });
}

/** nodemailer would read files and fetch addresses that a message names. */
const closed = { disableFileAccess: true, disableUrlAccess: true } as const;

function messageOf(from: Mailbox, to: Mailbox, subject: string, text: string) {
  return {
    from,
    to,
    // The envelope is what the server delivers by; no header can add to it.
    envelope: { from: from.address, to: [to.address] },
    subject: oneLine(subject),
    text,
    // Answers of machines to a machine help nobody.
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
  };
}

/** A text as one line of a mail: without what could end the line or be read as a command to a terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}

function optionsOf(url: string): SMTPTransport.Options {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const here = isThisMachine(host);
  return {
    host,
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password goes over no network in clear; a server on this machine rarely has a certificate.
    requireTLS: !secure && !here && username !== "",
    ignoreTLS: !secure && here,
    ...(username !== "" && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    dnsTimeout: mailLimits.connectMs,
    connectionTimeout: mailLimits.connectMs,
    greetingTimeout: mailLimits.connectMs,
    socketTimeout: mailLimits.idleMs,
    ...closed,
  };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || (net.isIPv4(host) && host.startsWith("127."));
}

async function inTime(sending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = `the mail server did not take the mail within ${mailLimits.totalMs / 1000} s`;
    timer = setTimeout(() => reject(new MailFault(fault)), mailLimits.totalMs);
  });
  try {
    await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
    // One that comes to an end after its time has been reported already.
    sending.catch(() => undefined);
  }
}

const reasons: { readonly [code: string]: string } = {
  ECONNECTION: "the mail server cannot be reached",
  ESOCKET: "the mail server cannot be reached, or the connection to it is not safe",
  EDNS: "the name of the mail server cannot be resolved",
  ETIMEDOUT: "the mail server does not answer",
  ETLS: "the mail server offers no safe connection",
  EAUTH: "the mail server does not accept the user and password of SMTP_URL",
  EENVELOPE: "the mail server refused the address",
  EMESSAGE: "the mail server refused the mail",
};

/** What the mail server said is for the log: it may name hosts and users. */
function faultOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? "the mail could not be sent";
}

// The server's bundles share only globalThis.
const turnsKey: unique symbol = Symbol.for("daybook.mail-turns");
const shared = globalThis as { [turnsKey]?: { taken: number; waiting: (() => void)[] } };

/** @throws MailFault when too many wait already */
async function inTurn(work: () => Promise<void>): Promise<void> {
  shared[turnsKey] ??= { taken: 0, waiting: [] };
  const turns = shared[turnsKey];
  if (turns.taken < mailLimits.atOnce) turns.taken += 1;
  else {
    if (turns.waiting.length >= mailLimits.waiting) throw new MailFault("too many mails wait to be sent");
    await new Promise<void>((resolve) => turns.waiting.push(resolve));
  }
  try {
    await work();
  } finally {
    const next = turns.waiting.shift();
    if (next) next();
    else turns.taken -= 1;
  }
}
