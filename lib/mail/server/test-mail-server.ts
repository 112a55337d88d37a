import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** A mail as the server got it. */
export type ReceivedMail = {
  /** Of the envelope. */
  from: string;
  to: string[];
  /** Names in lower case; folded lines are made one. */
  headers: { name: string; value: string }[];
  /** Decoded. */
  text: string;
  /** The first address of a web page in the text. */
  link: string;
};

export type MailServer = {
  /** For SMTP_URL. */
  url: string;
  mails: ReceivedMail[];
  /** What it says to recipients from now on: undefined takes them. */
  refuse: (reason: string | undefined) => void;
  /** The mails to somebody, when there are at least `count`. */
  await: (to: string, count?: number) => Promise<ReceivedMail[]>;
  stop: () => Promise<void>;
};

/**
 * A mail server on this machine that keeps what it takes.
 * @param account whom it lets in; nobody need say who they are without
 * @param port a free one without
 */
export async function mailServer(
  account?: { user: string; password: string },
  port = 0,
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const waiting = new Set<() => void>();
  let refusal: string | undefined;
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: account === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      const right = username === account?.user && password === account?.password;
      done(right ? null : new Error("bad credentials"), { user: username });
    },
    onRcptTo: (_address, _session, done) =>
      done(refusal === undefined ? null : Object.assign(new Error(refusal), { responseCode: 550 })),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          ...parse(Buffer.concat(chunks).toString("latin1")),
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
        });
        done();
        for (const look of waiting) look();
      });
    },
  });
  // A client that goes away is what some tests are about.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const bound = server.server.address() as AddressInfo;
  const userinfo =
    account === undefined
      ? ""
      : `${encodeURIComponent(account.user)}:${encodeURIComponent(account.password)}@`;
  return {
    url: `smtp://${userinfo}127.0.0.1:${bound.port}`,
    mails,
    refuse: (reason) => {
      refusal = reason;
    },
    await: (to, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = mails.filter((mail) => mail.to.includes(to));
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function parse(raw: string): Pick<ReceivedMail, "headers" | "text" | "link"> {
  const at = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, at)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return { name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() };
  });
  const encoding = headers.find(({ name }) => name === "content-transfer-encoding")?.value ?? "";
  const text = decode(raw.slice(at + 4), encoding.toLowerCase());
  return { headers, text: text.replaceAll("\r\n", "\n"), link: /https?:\/\/\S+/.exec(text)?.[0] ?? "" };
}

function decode(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1").toString("utf8");
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
