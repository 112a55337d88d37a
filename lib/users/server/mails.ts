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

const events = {
  "password-changed": ["Your password was changed", "has a new password, and all its sessions have ended"],
  "second-factor-added": ["A second factor was set up", "asks for a code from an app from now on"],
  "second-factor-removed": ["Your second factor was removed", "asks for no code any more"],
  "recovery-codes-renewed": ["New recovery codes", "has new recovery codes; the old ones are useless"],
} as const;

/** What a person is told about their account: who did it, where it was not they, and from which address. */
export type Notice =
  | { what: keyof typeof events; by?: string | undefined; address?: string | undefined }
  | { what: "locked"; of: "passwords" | "codes"; until: string; address: string };

/** Tells a person what became of their account. It has nothing in it that opens anything. */
export function noticeMail(reader: Reader, notice: Notice): Mail {
  const account = `Your account at ${oneLine(reader.organizationName)}`;
  const from = notice.address ? ` It came from the address ${oneLine(notice.address)}.` : "";
  if (notice.what === "locked") {
    const until = `${notice.until.slice(0, 16).replace("T", " ")} UTC`;
    return mail(reader, "Your account is locked for a while", [
      `${account} is locked until ${until}, after too many wrong ${notice.of}.${from}`,
      "Nobody can sign in to it with its password until then; where you are signed in, you stay so. It opens by itself, or an administrator opens it.",
      notice.of === "codes"
        ? "If it was not you, somebody knows your password: change it, and tell your administrator."
        : "If it was not you, tell your administrator: somebody tries to guess your password.",
    ]);
  }
  const [subject, text] = events[notice.what];
  const by = notice.by === undefined ? "" : ` ${oneLine(notice.by)} did it.`;
  return mail(reader, subject, [
    `${account} ${text}.${by}${from}`,
    "If you did not expect this, tell your administrator at once.",
  ]);
}

function mail({ email, name }: Reader, subject: string, paragraphs: readonly string[]): Mail {
  const text = [`Hello ${oneLine(name)},`, ...paragraphs, "Daybook"].join("\n\n");
  return { to: email, subject, text: `${text}\n` };
}
