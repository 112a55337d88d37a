/** Whom a mail is from or to. */
export type Mailbox = { name: string; address: string };

/** What SMTP_URL must look like, for the message that refuses it; the value itself may hold a password. */
export const smtpForm = "must be a URL as smtp://user:password@mail.example.org:587, or smtps://";

const withName = /^\s*"?([^"<>\p{Cc}]*?)"?\s*<([^<>\s]+)>\s*$/u;
const plainAddress = /^[^\s<>@,;:"\\()[\]\p{Cc}]+@[^\s<>@,;:"\\()[\]\p{Cc}]+$/u;

/** @returns the parts of `daybook@example.org` or `Daybook <daybook@example.org>`; undefined when it is neither */
export function mailbox(text: string): Mailbox | undefined {
  const [, name = "", address = text.trim()] = withName.exec(text) ?? [];
  return plainAddress.test(address) && address.length <= 254 ? { name, address } : undefined;
}

/** Whether a text is a URL of a mail server, with nothing but user, password, host and port in it. */
export function isSmtpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  if (protocol !== "smtp:" && protocol !== "smtps:") return false;
  if (hostname === "" || !/^\/?$/.test(pathname) || search !== "" || hash !== "") return false;
  return (username === "") === (password === "") && isEncoded(username) && isEncoded(password);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
