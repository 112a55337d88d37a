import type { Peer } from "@/lib/ingest/kinds/sshd-peer.ts";

/** What one message of sshd says about a connection. */
export type SshdEvent = {
  event: "open" | "connected" | "disconnected" | "closed";
  denied?: true;
  /** The account, as sshd escaped it; undefined when the message names none, "" when the client sent none. */
  account?: string | undefined;
  /** The key id of the certificate, which names the person. */
  keyId?: string;
  peer?: Peer;
  cause: string;
};

/** Reads what follows a known beginning; `text` is the whole message. Undefined when it does not fit. */
export type Reader = (rest: string, text: string, preauth: boolean) => SshdEvent | undefined;

/** An attempt that was refused. */
export function denied(why: string, text: string, peer?: Peer, account?: string): SshdEvent {
  const event: SshdEvent = { event: "closed", denied: true, account, cause: `${why}: ${text}` };
  return peer === undefined ? event : { ...event, peer };
}

/** The text before and after the first separator. */
export function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
