import "server-only";
import { env } from "@/lib/env.ts";
import { type Mail, oneLine } from "@/lib/mail/server/send-mail.ts";
import { linkLimits } from "../user.ts";

/** To whom, of which organization; names are people's own words and are made one line each. */
type Reader = { email: string; name: string; organizationName: string };

/** Invites somebody. @param inviter the address of whoever did */
export function activationMail(reader: Reader, inviter: string, url: string): Mail {
  return mail(reader, `Your account at ${oneLine(reader.organizationName)}`, [
    `${oneLine(inviter)} has invited you to Daybook, the audit console of ${oneLine(reader.organizationName)}.`,
    "Open this link to choose a password:",
    url,
    `It can be used once, within ${linkLimits.activationHours} hours. After that, ask for another one.`,
    "If you did not expect this mail, leave it: without the link, nobody can use the account.",
  ]);
}

/** For somebody who forgot their password. */
export function resetMail(reader: Reader, url: string): Mail {
  return mail(reader, "A new password for Daybook", [
    `Somebody, probably you, has asked for a new password for your account at ${oneLine(reader.organizationName)}.`,
    "Open this link to choose one:",
    url,
    `It can be used once, within ${linkLimits.resetHours} hour. Your old password works until then, and all your sessions end with the new one.`,
    "If it was not you, leave this mail: nothing has changed.",
  ]);
}

/** For somebody who never had a password. */
export function noPasswordMail(reader: Reader): Mail {
  return mail(reader, "Signing in to Daybook", [
    `Somebody, probably you, has asked for a new password for your account at ${oneLine(reader.organizationName)}.`,
    "This account has no password: you sign in through your organization's identity provider, on this page:",
    new URL("/sign-in", env().NEXTAUTH_URL).href,
    "If it was not you, leave this mail: nothing has changed.",
  ]);
}

function mail({ email, name }: Reader, subject: string, paragraphs: readonly string[]): Mail {
  const text = [`Hello ${oneLine(name)},`, ...paragraphs, "Daybook"].join("\n\n");
  return { to: email, subject, text: `${text}\n` };
}
