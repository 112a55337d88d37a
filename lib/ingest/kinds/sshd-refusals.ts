import { cut, denied, type Reader, type SshdEvent } from "@/lib/ingest/kinds/sshd-event.ts";
import { addressAtEnd, type Peer, peerAfterAccount, peerAtEnd } from "@/lib/ingest/kinds/sshd-peer.ts";

export function readFailed(rest: string, text: string): SshdEvent | undefined {
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

export function readTooMany(rest: string, text: string): SshdEvent | undefined {
  if (!rest.endsWith(" ssh2")) return undefined;
  const name = rest.slice(0, -" ssh2".length);
  return readNameFrom(name.replace(/^invalid user /, ""), "too many attempts", text);
}

/** `NAME from IP[ port P]`, the name chosen by a stranger. */
export function readNameFrom(rest: string, why: string, text: string): SshdEvent | undefined {
  const found = peerAtEnd(rest) ?? addressAtEnd(rest);
  if (found === undefined || !found.before.endsWith(" from")) return undefined;
  return denied(why, text, found.peer, found.before.slice(0, -" from".length));
}

/** `NAME[ from HOST] not allowed because WHY`: NAME is an account of the machine, HOST a name or an address. */
export function readNotAllowed(rest: string, text: string): SshdEvent | undefined {
  const [who, why] = cut(rest, " not allowed because ");
  if (why === undefined) return undefined;
  const at = who.lastIndexOf(" from ");
  if (at === -1) return denied("account not allowed", text, undefined, who);
  const peer: Peer = { address: who.slice(at + 6), port: undefined };
  return denied("account not allowed", text, peer, who.slice(0, at));
}

export function readTimeout(rest: string, text: string): SshdEvent | undefined {
  const why = "no authentication in time";
  const newer = /^connection from (\S{1,100}) to \S{1,100}(?:, pid = \d+)?$/.exec(rest);
  if (newer !== null) return denied(why, text, { address: newer[1], port: undefined });
  const found = peerAtEnd(rest) ?? addressAtEnd(rest);
  return found?.before === "" ? denied(why, text, found.peer) : undefined;
}

export function readPeerOnly(why: string): Reader {
  return (rest, text) => {
    const found = peerAtEnd(rest) ?? addressAtEnd(rest);
    return found === undefined ? undefined : denied(why, text, found.peer);
  };
}

/** TCP wrappers: `NAME (IP)`. */
export function readRefused(_rest: string, text: string): SshdEvent | undefined {
  const found = /\(([0-9A-Fa-f:.]{2,45})\)$/.exec(text.slice(-60));
  const peer: Peer = { address: found?.[1], port: undefined };
  return found === null ? undefined : denied("refused by the host's access rules", text, peer);
}

export function readDropped(rest: string, text: string): SshdEvent | undefined {
  const found = /^\d+ from \[([^\s\]]{1,100})\]:(\d{1,5}) on \[[^\s\]]{1,100}\]:\d+ (.*)$/s.exec(rest);
  if (found === null) return undefined;
  const why = found[3]?.startsWith("penalty") ? "penalty for earlier attempts" : "too many connections";
  return denied(why, text, { address: found[1], port: Number(found[2]) });
}

export function readPamAccount(rest: string, text: string): SshdEvent | undefined {
  const [account, after] = cut(rest, " by PAM account configuration");
  return after === "" ? denied("account refused by PAM", text, undefined, account) : undefined;
}
