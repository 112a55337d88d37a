import { denied, type Reader, type SshdEvent } from "@/lib/ingest/kinds/sshd-event.ts";
import { type Peer, peerAtEnd, peerAtStart } from "@/lib/ingest/kinds/sshd-peer.ts";

const NAMED = /^(?:user|authenticating user|invalid user|\w{1,32} user) /;

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

export function readEnd(ended: string, refused: string): Reader {
  return (rest, text, preauth) => {
    const remote = readRemote(rest);
    if (remote === undefined) return undefined;
    if (preauth || (remote.account !== undefined && !remote.loggedIn)) {
      return denied(refused, text, remote.peer, remote.account);
    }
    // Versions before 7.5 name no user even after the login.
    return { event: "closed", account: remote.account, peer: remote.peer, cause: `${ended}: ${text}` };
  };
}

const readClosedBy = readEnd("connection closed by the client", "left before authenticating");

/**
 * Without a user and without `[preauth]` it is either a client that never said anything, or one that went away after
 * the login; then the line 'Closing connection to' follows.
 */
export function readClosed(rest: string, text: string, preauth: boolean): SshdEvent | undefined {
  return !preauth && peerAtStart(rest)?.after === "" ? undefined : readClosedBy(rest, text, preauth);
}

export function readReset(rest: string, text: string, preauth: boolean): SshdEvent | undefined {
  const remote = readRemote(rest);
  if (remote === undefined) return undefined;
  return remote.loggedIn && !preauth
    ? { event: "closed", account: remote.account, peer: remote.peer, cause: `connection lost: ${text}` }
    : denied("left before authenticating", text, remote.peer, remote.account);
}

/** `REMOTE: WHY`, where WHY may quote the client. A message that names no user is an attempt if `early`. */
export function readBroken(why: string, early = false): Reader {
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

/** `REMOTE timed out` and `REMOTE: WHY`; `IP port P on IP port P` is no event. */
export function readConnection(rest: string, text: string, preauth: boolean): SshdEvent | undefined {
  const timedOut = " timed out";
  if (!rest.endsWith(timedOut)) return readBroken("broken protocol")(rest, text, preauth);
  const remote = readRemote(rest.slice(0, -timedOut.length));
  if (remote === undefined) return undefined;
  return closedOrDenied("timed out", text, preauth || !remote.loggedIn, remote.peer, remote.account);
}

/** `ssh_dispatch_run_fatal: Connection from REMOTE: WHY`, `banner exchange: Connection from …`. */
export function readTagged(text: string, preauth: boolean): SshdEvent | undefined {
  const match = /^(?:[\w ]{1,64}: ){1,3}Connection from /.exec(text);
  if (match === null) return undefined;
  const early = text.startsWith("banner exchange: ");
  return readBroken("broken protocol", early)(text.slice(match[0].length), text, preauth);
}
