/** Lines of OpenSSH that are understood and tell nothing that another line does not tell better. */
const NOISE: readonly [pattern: RegExp, reason: string][] = [
  [/^debug[123]?: /, "a debugging line"],
  [/^Connection from \S+ port \d+ on /, "a TCP connection alone, before anyone named a user"],
  [
    /^Connection closed by \S+ port \d+$/,
    "a connection that ended; the lines before and after say what it was",
  ],
  [/^(?:Postponed|Partial) \S+ for /, "one step of an authentication that goes on"],
  [
    /^Accepted (?:key|certificate ID|\S+ public key|host) /,
    "a key that fits; the line that accepts the user follows",
  ],
  [/^Received disconnect from /, "the line 'Disconnected from' that follows closes the connection"],
  [/^User child is on pid \d+$/, "a process number"],
  [/^pam_\w+\(/, "PAM's view; sshd's own line carries the address and port"],
  [/^PAM:? /, "PAM's view; sshd's own line carries the address and port"],
  [/^kex_(?:exchange_identification|protocol_error): /, "the line with the address follows"],
  [/^(?:Bad packet length|padding error:|Corrupted MAC on input)/, "the line with the address follows"],
  [/^Transferred: sent \d+, received \d+ bytes$/, "a byte count without a connection"],
  [/^subsystem request for /, "the line 'Starting session' says whether it ran"],
  [/^Server listening on /, "sshd starts"],
  [/^Received SIGHUP; restarting\.$/, "sshd starts anew"],
  [/^Received signal \d+; terminating\.$/, "sshd ends"],
  [/^Exiting on signal \d+$/, "a process of sshd ends"],
  [/^(?:beginning|in|exited) MaxStartups throttling/, "the lines 'drop connection' name who was refused"],
  [/^srclimit_penalise: /, "the lines 'drop connection' name who was refused"],
  [/^(?:reverse mapping checking|Address \S+ maps to |Nasty PTR record)/, "a look-up of a name"],
  [/^syslogin_perform_logout: /, "book-keeping of logins"],
  [/^(?:rexec line|reprocess config line) \d+: /, "a remark on sshd's configuration"],
  [/^Could not (?:load host key|get shadow information|chdir to home)/, "a remark on sshd's machine"],
  [/^userauth_pubkey: (?:signature|key type|certificate signature) /, "a key that was not tried"],
];

/** Why sshd's text makes no row, undefined when it is not known to be of no account. */
export function noiseReason(text: string): string | undefined {
  return NOISE.find(([pattern]) => pattern.test(text))?.[1];
}
