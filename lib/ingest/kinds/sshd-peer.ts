/** The other end of a connection; sshd writes `UNKNOWN port 65535` when it has no socket. */
export type Peer = { address: string | undefined; port: number | undefined };

const ADDRESS = String.raw`(?:[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,32})?|UNKNOWN)`;
const AT_END = new RegExp(String.raw`(?:^| )(${ADDRESS}) port (\d{1,5})$`);
const ADDRESS_AT_END = new RegExp(`(?:^| )(${ADDRESS})$`);
const AT_START = new RegExp(String.raw`^(${ADDRESS}) port (\d{1,5})(?!\d)`);
const FROM = new RegExp(String.raw` from (${ADDRESS}) port (\d{1,5}) ssh2(?=$|: )`, "y");
/** Longer than any address and port: only so much is searched, however long the line. */
const REACH = 120;

function peerOf(address: string | undefined, port: string | undefined): Peer | undefined {
  if (Number(port) > 65_535) return undefined;
  const known = address !== "UNKNOWN";
  return {
    address: known ? address : undefined,
    port: known && port !== undefined ? Number(port) : undefined,
  };
}

/**
 * Splits `… IP port N`. What stands before may be a name that a stranger chose, `root from 1.2.3.4 port 5`
 * included, so only the very end counts.
 */
export function peerAtEnd(text: string): { before: string; peer: Peer } | undefined {
  return split(text, AT_END);
}

/** Splits `… IP`, for the lines of old versions that name no port. */
export function addressAtEnd(text: string): { before: string; peer: Peer } | undefined {
  return split(text, ADDRESS_AT_END);
}

function split(text: string, pattern: RegExp): { before: string; peer: Peer } | undefined {
  const start = Math.max(0, text.length - REACH);
  const match = pattern.exec(text.slice(start));
  const peer = match === null ? undefined : peerOf(match[1], match[2]);
  if (match === null || peer === undefined) return undefined;
  return { before: text.slice(0, start + match.index), peer };
}

/** Splits `IP port N…`, for lines whose end a stranger chose. */
export function peerAtStart(text: string): { peer: Peer; after: string } | undefined {
  const match = AT_START.exec(text);
  const peer = match === null ? undefined : peerOf(match[1], match[2]);
  if (match === null || peer === undefined) return undefined;
  return { peer, after: text.slice(match[0].length) };
}

/**
 * Splits `NAME from IP port N ssh2[: KEY]` at the first place that fits. Right where the name is that of an
 * existing account: there only the key can hold words that a stranger chose, in a certificate's id.
 */
export function peerAfterAccount(text: string): { name: string; peer: Peer; key: string } | undefined {
  for (let at = text.indexOf(" from "); at !== -1; at = text.indexOf(" from ", at + 1)) {
    FROM.lastIndex = at;
    const match = FROM.exec(text);
    const peer = match === null ? undefined : peerOf(match[1], match[2]);
    if (match !== null && peer !== undefined) {
      return { name: text.slice(0, at), peer, key: text.slice(at + match[0].length + 2) };
    }
  }
  return undefined;
}
