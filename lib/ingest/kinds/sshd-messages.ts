import {
  readBroken,
  readClosed,
  readConnection,
  readEnd,
  readReset,
  readTagged,
} from "@/lib/ingest/kinds/sshd-endings.ts";
import { cut, type Reader, type SshdEvent } from "@/lib/ingest/kinds/sshd-event.ts";
import { noiseReason } from "@/lib/ingest/kinds/sshd-noise.ts";
import { type Peer, peerAfterAccount, peerAtEnd } from "@/lib/ingest/kinds/sshd-peer.ts";
import {
  readDropped,
  readFailed,
  readNameFrom,
  readNotAllowed,
  readPamAccount,
  readPeerOnly,
  readRefused,
  readTimeout,
  readTooMany,
} from "@/lib/ingest/kinds/sshd-refusals.ts";

const CERTIFICATE = /^(\S+)(?: (\S+))? ID (.*) \(serial (\d+)\) CA (\S+) (\S+?)(?:, .*)?$/s;

/**
 * Reads a message of OpenSSH 6 to 10, without its syslog header. A message that was understood and makes no row
 * is `skipped`; undefined means that it was not understood.
 */
export function readSshdMessage(message: string): SshdEvent | { skipped: string } | undefined {
  const repeated = /^message repeated (\d+) times: \[ ?(.*)\]$/s.exec(message.trim());
  const whole = (repeated === null ? message : (repeated[2] ?? "")).trim();
  const preauth = whole.endsWith(" [preauth]");
  const text = (preauth ? whole.slice(0, -" [preauth]".length) : whole)
    .replace(/^(?:error|fatal): /, "")
    .trimEnd();
  const found = readEvent(text, preauth);
  if (found === undefined) {
    const skipped = noiseReason(text);
    return skipped === undefined ? undefined : { skipped };
  }
  const times = repeated === null ? "" : ` (repeated ${repeated[1]} times)`;
  // A message of the unprivileged process is escaped twice: by it and by the process that logs it.
  const account = preauth ? found.account?.replaceAll("\\\\", "\\") : found.account;
  return { ...found, account, cause: `${found.cause}${times}` };
}

function readEvent(text: string, preauth: boolean): SshdEvent | undefined {
  const [prefix, read] = READERS.find(([start]) => text.startsWith(start)) ?? [];
  return prefix === undefined || read === undefined
    ? readTagged(text, preauth)
    : read(text.slice(prefix.length), text, preauth);
}

const READERS: readonly [prefix: string, read: Reader][] = [
  ["Accepted ", readAccepted],
  ["Starting session: ", readSessionStart],
  ["Close session: user ", readSessionEnd],
  ["Failed ", readFailed],
  ["Invalid user ", (rest, text) => readNameFrom(rest, "no such account", text)],
  ["User ", readNotAllowed],
  ["maximum authentication attempts exceeded for ", readTooMany],
  ["Disconnected from ", readEnd("disconnected", "gave up before authenticating")],
  ["Connection closed by ", readClosed],
  ["Connection reset by ", readReset],
  ["Closing connection to ", readEnd("connection closed", "connection closed before authenticating")],
  ["Read error from remote host ", readBroken("connection lost")],
  ["Connection from ", readConnection],
  [
    "Timeout, client not responding from ",
    readEnd("the client does not answer", "the client does not answer"),
  ],
  ["terminating inactive connection from ", readEnd("closed for inactivity", "closed for inactivity")],
  ["Disconnecting ", readBroken("ended by sshd")],
  ["Unable to negotiate with ", readBroken("no algorithm in common", true)],
  ["Timeout before authentication for ", readTimeout],
  ["Magic value check failed ", readPeerOnly("broken protocol")],
  ["Bad protocol version identification ", readPeerOnly("not an SSH client")],
  ["Did not receive identification string from ", readPeerOnly("not an SSH client")],
  [
    "ROOT LOGIN REFUSED FROM ",
    (rest, text) => withAccount(readPeerOnly("root may not log in")(rest, text, true), "root"),
  ],
  ["refused connect from ", readRefused],
  ["drop connection #", readDropped],
  ["Access denied for user ", readPamAccount],
];

function withAccount(event: SshdEvent | undefined, account: string): SshdEvent | undefined {
  return event === undefined ? undefined : { ...event, account };
}

function readAccepted(rest: string): SshdEvent | undefined {
  const [method, account] = cut(rest, " for ");
  const found = account === undefined || method.includes(" ") ? undefined : peerAfterAccount(account);
  if (found === undefined) return undefined;
  const open: SshdEvent = { event: "open", account: found.name, peer: found.peer, cause: method };
  if (found.key === "") return open;
  const [, type, fingerprint, keyId, serial, caType, caFingerprint] = CERTIFICATE.exec(found.key) ?? [];
  if (keyId === undefined) return { ...open, cause: `${method}, ${found.key}` };
  const key = [type, fingerprint].filter((part) => part !== undefined).join(" ");
  const cause = `${method}, ${key}, certificate ${keyId} serial ${serial}, CA ${caType} ${caFingerprint}`;
  return keyId === "" ? { ...open, cause } : { ...open, keyId, cause };
}

/** `shell on pts/0 for USER from IP port P id N`; a subsystem or forced command may hold any words. */
function readSessionStart(rest: string): SshdEvent | undefined {
  const found = readSession(rest);
  const at = found?.before.lastIndexOf(" for ") ?? -1;
  if (found === undefined || at === -1) return undefined;
  const cause = `${found.before.slice(0, at)} (session ${found.id})`;
  return { event: "connected", account: found.before.slice(at + 5), peer: found.peer, cause };
}

function readSessionEnd(rest: string): SshdEvent | undefined {
  const found = readSession(rest);
  if (found === undefined) return undefined;
  return {
    event: "disconnected",
    account: found.before,
    peer: found.peer,
    cause: `session ${found.id} closed`,
  };
}

function readSession(rest: string): { before: string; peer: Peer; id: string } | undefined {
  const id = / id (\d+)$/.exec(rest.slice(-20));
  const found = id === null ? undefined : peerAtEnd(rest.slice(0, -id[0].length));
  if (found === undefined || !found.before.endsWith(" from")) return undefined;
  return { before: found.before.slice(0, -" from".length), peer: found.peer, id: id?.[1] ?? "" };
}
