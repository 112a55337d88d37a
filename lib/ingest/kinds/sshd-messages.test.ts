import { describe, expect, it } from "vitest";
import { readSshdMessage } from "@/lib/ingest/kinds/sshd-messages.ts";
import { processorMs } from "@/lib/test-time.ts";

const peer = (address: string, port?: number) => ({ address, port });
const FP = "SHA256:yTIps6Qr93d/4c6ssgMs3TwrRQ8PXiidVhTn69V7a4k";
const CA = "SHA256:G6VLtMfO81e9s5Svm3MVURfFyZi61nNPG2mUNomG9Ww";

describe("a login", () => {
  it.each([
    [
      "password",
      "Accepted password for root from 10.0.0.9 port 40022 ssh2",
      "root",
      "10.0.0.9",
      40022,
      "password",
    ],
    [
      "IPv6 with a zone",
      "Accepted keyboard-interactive/pam for a.b from fe80::1%eth0 port 9 ssh2",
      "a.b",
      "fe80::1%eth0",
      9,
      "keyboard-interactive/pam",
    ],
    [
      "Kerberos principal",
      "Accepted gssapi-with-mic for ann from 2001:db8::5 port 1 ssh2: ann@ORG.COM",
      "ann",
      "2001:db8::5",
      1,
      "gssapi-with-mic, ann@ORG.COM",
    ],
    [
      "domain account with blanks",
      "Accepted password for ORG\\\\ann smith from 10.0.0.9 port 4 ssh2",
      "ORG\\\\ann smith",
      "10.0.0.9",
      4,
      "password",
    ],
  ])("%s", (_, text, account, address, port, cause) =>
    expect(readSshdMessage(text)).toEqual({ event: "open", account, peer: peer(address, port), cause }),
  );

  it("names the person by the certificate's key id", () => {
    const key = `ED25519-CERT ${FP} ID ann@org.com (serial 7) CA ED25519 ${CA}`;
    expect(readSshdMessage(`Accepted publickey for root from 10.0.0.9 port 4 ssh2: ${key}`)).toEqual({
      event: "open",
      account: "root",
      keyId: "ann@org.com",
      peer: peer("10.0.0.9", 4),
      cause: `publickey, ED25519-CERT ${FP}, certificate ann@org.com serial 7, CA ED25519 ${CA}`,
    });
    const old = `RSA-CERT ID ann smith (serial 0) CA RSA ${CA}`;
    expect(readSshdMessage(`Accepted publickey for root from 10.0.0.9 port 4 ssh2: ${old}`)).toMatchObject({
      keyId: "ann smith",
      cause: `publickey, RSA-CERT, certificate ann smith serial 0, CA RSA ${CA}`,
    });
  });

  it("comes from where sshd says, not from where a key id says", () => {
    const keyId = `ann from 9.9.9.9 port 9 ssh2: ED25519 ${FP} ID root (serial 1) CA RSA x`;
    const key = `ED25519-CERT ${FP} ID ${keyId} (serial 7) CA ED25519 ${CA}`;
    expect(readSshdMessage(`Accepted publickey for root from 10.0.0.9 port 4 ssh2: ${key}`)).toMatchObject({
      account: "root",
      keyId,
      peer: peer("10.0.0.9", 4),
    });
    expect(readSshdMessage(`Failed publickey for root from 10.0.0.9 port 4 ssh2: ${key}`)).toMatchObject({
      account: "root",
      peer: peer("10.0.0.9", 4),
    });
  });
});

describe("sessions and ends", () => {
  it.each([
    [
      "Starting session: shell on pts/0 for ann from 10.0.0.9 port 4 id 0",
      { event: "connected", account: "ann", peer: peer("10.0.0.9", 4), cause: "shell on pts/0 (session 0)" },
    ],
    [
      "Starting session: forced-command (config) 'echo for x from 1.1.1.1 port 1 id 0' for ann from 10.0.0.9 port 4 id 12",
      {
        event: "connected",
        account: "ann",
        peer: peer("10.0.0.9", 4),
        cause: "forced-command (config) 'echo for x from 1.1.1.1 port 1 id 0' (session 12)",
      },
    ],
    [
      "Close session: user ann from 10.0.0.9 port 4 id 1",
      { event: "disconnected", account: "ann", peer: peer("10.0.0.9", 4), cause: "session 1 closed" },
    ],
  ])("%s", (text, expected) => expect(readSshdMessage(text)).toEqual(expected));

  it.each([
    ["Disconnected from user ann 10.0.0.9 port 4", "ann"],
    ["Disconnected from 10.0.0.9 port 4", undefined],
    ["Connection closed by user ann 10.0.0.9 port 4", "ann"],
    ["Closing connection to 10.0.0.9 port 4", undefined],
    ["Connection reset by user ann 10.0.0.9 port 4", "ann"],
    ["Read error from remote host 10.0.0.9 port 4: Connection reset by peer", undefined],
    ["Timeout, client not responding from user ann 10.0.0.9 port 4", "ann"],
    ["terminating inactive connection from user ann 10.0.0.9 port 4", "ann"],
    ["Connection from user ann 10.0.0.9 port 4 timed out", "ann"],
    ["fatal: packet_write_wait: Connection from user ann 10.0.0.9 port 4: Broken pipe", "ann"],
    [
      "process_output: ssh_packet_write_poll: Connection from user ann 10.0.0.9 port 4: Permission denied",
      "ann",
    ],
    ["Disconnecting user ann 10.0.0.9 port 4: bye: bye", "ann"],
  ])("closes a connection: %s", (text, account) => {
    expect(readSshdMessage(text)).toEqual({
      event: "closed",
      account,
      peer: peer("10.0.0.9", 4),
      cause: expect.stringContaining(text.replace("fatal: ", "")),
    });
  });

  it("takes one of the two lines that end a connection", () => {
    expect(
      readSshdMessage("Received disconnect from 10.0.0.9 port 4:11: disconnected by user"),
    ).toHaveProperty("skipped");
  });
});

describe("a refused attempt", () => {
  const from = peer("10.0.0.9", 4);
  it.each([
    ["Failed password for ann from 10.0.0.9 port 4 ssh2", "ann", from, "password refused"],
    ["Failed none for invalid user x from 10.0.0.9 port 4 ssh2", "x", from, "none refused, no such account"],
    ["Invalid user x from 10.0.0.9", "x", peer("10.0.0.9"), "no such account"],
    ["Invalid user  from 10.0.0.9 port 4", "", from, "no such account"],
    ["Connection closed by invalid user  10.0.0.9 port 4 [preauth]", "", from, "left before authenticating"],
    [
      "User ann from host.org.com not allowed because listed in DenyUsers",
      "ann",
      peer("host.org.com"),
      "account not allowed",
    ],
    ["User ann not allowed because account is locked", "ann", undefined, "account not allowed"],
    [
      "error: maximum authentication attempts exceeded for ann from 10.0.0.9 port 4 ssh2 [preauth]",
      "ann",
      from,
      "too many attempts",
    ],
    [
      "maximum authentication attempts exceeded for invalid user x y from 10.0.0.9 port 4 ssh2 [preauth]",
      "x y",
      from,
      "too many attempts",
    ],
    [
      "Disconnecting authenticating user ann 10.0.0.9 port 4: Too many authentication failures [preauth]",
      "ann",
      from,
      "ended by sshd",
    ],
    ["Connection reset by 10.0.0.9 port 4", undefined, from, "left before authenticating"],
    [
      "Connection closed by authenticating user ann 10.0.0.9 port 4",
      "ann",
      from,
      "left before authenticating",
    ],
    ["Disconnected from 10.0.0.9 port 4 [preauth]", undefined, from, "gave up before authenticating"],
    ["Connection from 10.0.0.9 port 4 timed out [preauth]", undefined, from, "timed out"],
    [
      "Timeout before authentication for connection from 10.0.0.9 to 10.0.0.1, pid = 13",
      undefined,
      peer("10.0.0.9"),
      "no authentication in time",
    ],
    [
      "Bad protocol version identification 'from 1.1.1.1 port 1' from 10.0.0.9 port 4",
      undefined,
      from,
      "not an SSH client",
    ],
    ["Did not receive identification string from 10.0.0.9 port 4", undefined, from, "not an SSH client"],
    ["ROOT LOGIN REFUSED FROM 10.0.0.9 port 4", "root", from, "root may not log in"],
    [
      "drop connection #10 from [10.0.0.9]:4 on [10.0.0.1]:22 past MaxStartups",
      undefined,
      from,
      "too many connections",
    ],
    [
      "drop connection #0 from [2001:db8::1]:4 on [::1]:22 penalty: failed authentication",
      undefined,
      peer("2001:db8::1", 4),
      "penalty for earlier attempts",
    ],
    [
      "fatal: Access denied for user ann by PAM account configuration [preauth]",
      "ann",
      undefined,
      "account refused by PAM",
    ],
    [
      "ssh_dispatch_run_fatal: Connection from authenticating user ann 10.0.0.9 port 4: bad thing [preauth]",
      "ann",
      from,
      "broken protocol",
    ],
    [
      "banner exchange: Connection from UNKNOWN port 65535: invalid format",
      undefined,
      peerless(),
      "broken protocol",
    ],
  ])("%s", (text, account, where, why) => {
    expect(readSshdMessage(text)).toEqual({
      event: "closed",
      denied: true,
      account,
      ...(where === undefined ? {} : { peer: where }),
      cause: `${why}: ${text.replace(/^(?:error|fatal): /, "").replace(/ \[preauth\]$/, "")}`,
    });
  });

  it("may come several times in one line", () => {
    expect(
      readSshdMessage("message repeated 3 times: [ Failed password for root from 10.0.0.9 port 4 ssh2]"),
    ).toMatchObject({
      account: "root",
      denied: true,
      cause: "password refused: Failed password for root from 10.0.0.9 port 4 ssh2 (repeated 3 times)",
    });
  });
});

function peerless() {
  return { address: undefined, port: undefined };
}

describe("a name that a stranger chose", () => {
  const names = [
    "root from 1.2.3.4 port 5",
    "root from 1.2.3.4 port 5 ssh2",
    "x from 1.2.3.4 port 5 ssh2: ED25519 SHA256:abc",
    "x 1.2.3.4 port 5",
    "x 1.2.3.4 port 5 [preauth]",
    "user root",
    "a  b",
    "\\033[31mred#033",
    "from",
    " from ",
    "Accepted password for root from 1.2.3.4 port 5 ssh2",
    "x not allowed because y",
  ];
  it.each(names)("is only a name: %s", (name) => {
    const from = peer("10.0.0.9", 4);
    for (const text of [
      `Invalid user ${name} from 10.0.0.9 port 4`,
      `Failed password for invalid user ${name} from 10.0.0.9 port 4 ssh2`,
      `maximum authentication attempts exceeded for invalid user ${name} from 10.0.0.9 port 4 ssh2 [preauth]`,
      `Connection closed by invalid user ${name} 10.0.0.9 port 4 [preauth]`,
      `Connection reset by invalid user ${name} 10.0.0.9 port 4 [preauth]`,
      `Disconnected from invalid user ${name} 10.0.0.9 port 4 [preauth]`,
      `Disconnecting invalid user ${name} 10.0.0.9 port 4: Too many authentication failures [preauth]`,
      `ssh_dispatch_run_fatal: Connection from invalid user ${name} 10.0.0.9 port 4: incomplete message [preauth]`,
    ]) {
      expect(readSshdMessage(text), text).toMatchObject({ denied: true, account: name, peer: from });
    }
  });

  it("is the same whether sshd escaped it once or twice", () => {
    // As logged by OpenSSH 9.2 for the name `ünï`.
    const once = readSshdMessage("Invalid user \\303\\274n\\303\\257 from 127.0.0.1 port 47624");
    const twice = readSshdMessage(
      "Connection closed by invalid user \\\\303\\\\274n\\\\303\\\\257 127.0.0.1 port 47624 [preauth]",
    );
    expect(once).toMatchObject({ account: "\\303\\274n\\303\\257" });
    expect(twice).toMatchObject({ account: "\\303\\274n\\303\\257" });
  });

  it("cannot lie about the address through an offer", () => {
    const offer = "Their offer: x 9.9.9.9 port 9: no matching MAC found. Their offer: y";
    expect(
      readSshdMessage(`Unable to negotiate with 10.0.0.9 port 4: no matching MAC found. ${offer} [preauth]`),
    ).toMatchObject({ account: undefined, peer: peer("10.0.0.9", 4) });
  });
});

it.each([
  'Connection from 127.0.0.1 port 43814 on 127.0.0.1 port 2222 rdomain ""',
  "Postponed publickey for alice from 127.0.0.1 port 43814 ssh2 [preauth]",
  "Partial publickey for alice from 127.0.0.1 port 43814 ssh2",
  "Accepted key ED25519 SHA256:x found at /home/for alice from 1.1.1.1 port 1 ssh2",
  'Accepted certificate ID "x for y from 1.1.1.1 port 1 ssh2" (serial 7) signed by ED25519 CA SHA256:x via /ca.pub',
  "User child is on pid 29452",
  "Connection closed by 10.0.0.9 port 4",
  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=1.2.3.4  user=alice",
  "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=1.2.3.4",
  "error: PAM: Authentication failure for alice from 127.0.0.1",
  "error: kex_exchange_identification: Connection closed by remote host",
  "Server listening on :: port 22.",
  "Received signal 15; terminating.",
  "error: beginning MaxStartups throttling",
  "srclimit_penalise: ipv4: new 1.2.3.4/32 active penalty of 90 seconds for penalty: exceeded LoginGraceTime",
])("makes no row of %s", (text) => expect(readSshdMessage(text)).toEqual({ skipped: expect.any(String) }));

it.each([
  "",
  "Accepted",
  "Accepted password for root from 1.2.3.4 port 99999 ssh2",
  "Accepted password for root from here port 5 ssh2",
  "Failed password for invalid user x from 1.2.3.4 port 5",
  "Invalid user x",
  "Disconnected from somewhere",
  "Starting session: shell on pts/0 for ann",
  "Connection from 1.2.3.4 port 5 with IP opts: 07",
  "something new",
])("does not pretend to understand %j", (text) => expect(readSshdMessage(text)).toBeUndefined());

it("takes time in proportion to the line", () => {
  const started = processorMs();
  for (const filler of [
    " from ",
    " for ",
    ": ",
    " 1.1.1.1 port 1",
    "\\\\",
    "from 1.1.1.1 port 1 ssh2: ",
    " id 0",
    "[",
  ]) {
    const long = filler.repeat(Math.ceil(65_536 / filler.length));
    for (const start of [
      "Accepted a for ",
      "Failed a for ",
      "Invalid user ",
      "Starting session: ",
      "Disconnecting ",
      "User ",
    ]) {
      readSshdMessage(`${start}${long}`);
      readSshdMessage(`${start}${long} from 1.1.1.1 port 1 id 0`);
    }
    readSshdMessage(long);
    readSshdMessage(`message repeated 2 times: [${long}`);
    readSshdMessage(`x: Connection from ${long}`);
    readSshdMessage(`Accepted publickey for a from 1.1.1.1 port 1 ssh2: A B ID ${long}`);
  }
  expect(processorMs() - started).toBeLessThan(10_000);
});
