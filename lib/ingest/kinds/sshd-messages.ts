import { noiseReason } from "./sshd-noise.ts";
import { addressAtEnd, type Peer, peerAfterAccount, peerAtEnd, peerAtStart } from "./sshd-peer.ts";

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

const NAMED = /^(?:user|authenticating user|invalid user|\w{1,32} user) /;
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

type Reader = (rest: string, text: string, preauth: boolean) => SshdEvent | undefined;

const READERS: readonly [prefix: string, read: Reader][] = [
  ["Accepted ", readAccepted],
  ["Starting session: ", readSessionStart],
  ["Close session: user ", readSessionEnd],
  ["Failed ", readFailed],
  ["Invalid user ", (rest, text) => readNameFrom(rest, "no such account", text)],
  ["User ", readNotAllowed],
  ["maximum authentication attempts exceeded for ", readTooMany],
  ["Disconnected from ", readEnd("disconnected", "gave up before authenticating")],
  ["Connection closed by ", readEnd("connection closed by the client", "left before authenticating")],
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

function denied(why: string, text: string, peer?: Peer, account?: string): SshdEvent {
  const event: SshdEvent = { event: "closed", denied: true, account, cause: `${why}: ${text}` };
  return peer === undefined ? event : { ...event, peer };
}

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
  const found = readSession(rest, " from");
  const at = found?.before.lastIndexOf(" for ") ?? -1;
  if (found === undefined || at === -1) return undefined;
  const cause = `${found.before.slice(0, at)} (session ${found.id})`;
  return { event: "connected", account: found.before.slice(at + 5), peer: found.peer, cause };
}

function readSessionEnd(rest: string): SshdEvent | undefined {
  const found = readSession(rest, " from");
  if (found === undefined) return undefined;
  return {
    event: "disconnected",
    account: found.before,
    peer: found.peer,
    cause: `session ${found.id} closed`,
  };
}

function readSession(rest: string, from: string): { before: string; peer: Peer; id: string } | undefined {
  const id = / id (\d+)$/.exec(rest.slice(-20));
  const found = id === null ? undefined : peerAtEnd(rest.slice(0, -id[0].length));
  if (found === undefined || !found.before.endsWith(from)) return undefined;
  return { before: found.before.slice(0, -from.length), peer: found.peer, id: id?.[1] ?? "" };
}

function readFailed(rest: string, text: string): SshdEvent | undefined {
  const [method, account] = cut(rest, " for ");
  if (account === undefined || method.includes(" ")) return undefined;
  if (account.startsWith("invalid user ")) {
    if (!account.endsWith(" ssh2")) return undefined;
    return readNameFrom(
      account.slice("invalid user ".length, -" ssh2".length),
      `${method} refused, no such account`,
      text,
    );
  }
  const found = peerAfterAccount(account);
  return found === undefined ? undefined : denied(`${method} refused`, text, found.peer, found.name);
}

function readTooMany(rest: string, text: string): SshdEvent | undefined {
  if (!rest.endsWith(" ssh2")) return undefined;
  const name = rest.slice(0, -" ssh2".length);
  return readNameFrom(name.replace(/^invalid user /, ""), "too many attempts", text);
}

/** `NAME from IP[ port P]`, the name chosen by a stranger. */
function readNameFrom(rest: string, why: string, text: string): SshdEvent | undefined {
  const found = peerAtEnd(rest) ?? addressAtEnd(rest);
  if (found === undefined || !found.before.endsWith(" from")) return undefined;
  return denied(why, text, found.peer, found.before.slice(0, -" from".length));
}

/** `NAME[ from HOST] not allowed because WHY`: NAME is an account of the machine, HOST a name or an address. */
function readNotAllowed(rest: string, text: string): SshdEvent | undefined {
  const [who, why] = cut(rest, " not allowed because ");
  if (why === undefined) return undefined;
  const at = who.lastIndexOf(" from ");
  if (at === -1) return denied("account not allowed", text, undefined, who);
  const peer: Peer = { address: who.slice(at + 6), port: undefined };
  return denied("account not allowed", text, peer, who.slice(0, at));
}

/** `[KIND user NAME ]IP port P`, the way OpenSSH names a connection since 7.5. */
function readRemote(
  rest: string,
): { account: string | undefined; loggedIn: boolean; peer: Peer } | undefined {
  const found = peerAtEnd(rest);
  if (found === undefined) return undefined;
  if (found.before === "") return { account: undefined, loggedIn: false, peer: found.peer };
  // An empty name leaves `invalid user ` before the blank that the address brings.
  const named = NAMED.exec(`${found.before} `);
  if (named === null) return undefined;
  const account = found.before.slice(named[0].length);
  return { account, loggedIn: found.before.startsWith("user "), peer: found.peer };
}

function readEnd(ended: string, refused: string): Reader {
  return (rest, text, preauth) => {
    const remote = readRemote(rest);
    if (remote === undefined) return undefined;
    if (preauth || (remote.account !== undefined && !remote.loggedIn)) {
      return denied(refused, text, remote.peer, remote.account);
    }
    // Versions before 7.5, and a client that just goes away, name no user even after the login.
    return { event: "closed", account: remote.account, peer: remote.peer, cause: `${ended}: ${text}` };
  };
}

function readReset(rest: string, text: string, preauth: boolean): SshdEvent | undefined {
  const remote = readRemote(rest);
  if (remote === undefined) return undefined;
  return remote.loggedIn && !preauth
    ? { event: "closed", account: remote.account, peer: remote.peer, cause: `connection lost: ${text}` }
    : denied("left before authenticating", text, remote.peer, remote.account);
}

/** `REMOTE: WHY`, where WHY may quote the client. A message that names no user is an attempt if `early`. */
function readBroken(why: string, early = false): Reader {
  return (rest, text, preauth) => {
    const start = peerAtStart(rest);
    if (start?.after.startsWith(":")) return closedOrDenied(why, text, preauth || early, start.peer);
    for (let at = rest.lastIndexOf(": "); at !== -1; at = rest.lastIndexOf(": ", at - 1)) {
      const remote = readRemote(rest.slice(0, at));
      if (remote !== undefined) {
        return closedOrDenied(why, text, preauth || !remote.loggedIn, remote.peer, remote.account);
      }
      if (at === 0) break;
    }
    return undefined;
  };
}

function closedOrDenied(
  why: string,
  text: string,
  refused: boolean,
  peer: Peer,
  account?: string,
): SshdEvent {
  if (refused) return denied(why, text, peer, account);
  return { event: "closed", account, peer, cause: `${why}: ${text}` };
}

/** `ssh_dispatch_run_fatal: Connection from REMOTE: WHY`, `banner exchange: Connection from …`. */
function readTagged(text: string, preauth: boolean): SshdEvent | undefined {
  const match = /^(?:[\w ]{1,64}: ){1,3}Connection from /.exec(text);
  if (match === null) return undefined;
  const early = text.startsWith("banner exchange: ");
  return readBroken("broken protocol", early)(text.slice(match[0].length), text, preauth);
}

/** `REMOTE timed out` and `REMOTE: WHY`; `IP port P on IP port P` is no event. */
function readConnection(rest: string, text: string, preauth: boolean): SshdEvent | undefined {
  const timedOut = " timed out";
  if (!rest.endsWith(timedOut)) return readBroken("broken protocol")(rest, text, preauth);
  const remote = readRemote(rest.slice(0, -timedOut.length));
  if (remote === undefined) return undefined;
  return closedOrDenied("timed out", text, preauth || !remote.loggedIn, remote.peer, remote.account);
}

function readTimeout(rest: string, text: string): SshdEvent | undefined {
  const why = "no authentication in time";
  const newer = /^connection from (\S{1,100}) to \S{1,100}(?:, pid = \d+)?$/.exec(rest);
  if (newer !== null) return denied(why, text, { address: newer[1], port: undefined });
  const found = peerAtEnd(rest) ?? addressAtEnd(rest);
  return found?.before === "" ? denied(why, text, found.peer) : undefined;
}

function readPeerOnly(why: string): Reader {
  return (rest, text) => {
    const found = peerAtEnd(rest) ?? addressAtEnd(rest);
    return found === undefined ? undefined : denied(why, text, found.peer);
  };
}

/** TCP wrappers: `NAME (IP)`. */
function readRefused(_rest: string, text: string): SshdEvent | undefined {
  const found = /\(([0-9A-Fa-f:.]{2,45})\)$/.exec(text.slice(-60));
  const peer: Peer = { address: found?.[1], port: undefined };
  return found === null ? undefined : denied("refused by the host's access rules", text, peer);
}

function readDropped(rest: string, text: string): SshdEvent | undefined {
  const found = /^\d+ from \[([^\s\]]{1,100})\]:(\d{1,5}) on \[[^\s\]]{1,100}\]:\d+ (.*)$/s.exec(rest);
  if (found === null) return undefined;
  const why = found[3]?.startsWith("penalty") ? "penalty for earlier attempts" : "too many connections";
  return denied(why, text, { address: found[1], port: Number(found[2]) });
}

function readPamAccount(rest: string, text: string): SshdEvent | undefined {
  const [account, after] = cut(rest, " by PAM account configuration");
  return after === "" ? denied("account refused by PAM", text, undefined, account) : undefined;
}

function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
