import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MapContext, Mapped } from "@/lib/ingest/define.ts";
import { sshd } from "@/lib/ingest/kinds/sshd.ts";
import { drafts } from "@/lib/ingest/rows.ts";
import { processorMs } from "@/lib/test-time.ts";

const context: MapContext = {
  sourceName: "bastion",
  receivedAt: "2026-11-21T09:00:00.000000Z",
  settings: {},
  mask: () => "masked",
};
const encode = (text: string) => new TextEncoder().encode(text);

function mapAll(body: Uint8Array, settings: Record<string, string> = {}): Mapped[] {
  const inContext = { ...context, settings };
  return [...sshd.split(body, inContext)].map((record) => {
    if ("rejected" in record) return record;
    const mapped = sshd.map(record, inContext);
    if ("rows" in mapped) for (const draft of mapped.rows) drafts[draft.log].parse(draft.row);
    return mapped;
  });
}
const mapOne = (line: string, settings?: Record<string, string>) => mapAll(encode(line), settings)[0];

/** Of every line that makes a row: number, time, event or `denied`, user, address, port (or `pid N`) and cause. */
type Row = [number, string, string, string, string, string, string];
const A = "publickey, ED25519 SHA256:WFc2WXh4sWns6FaNFc1JOw5CDHenHmxTo9tKkXDIQVY";
const gone = (user: string, port: number) =>
  `disconnected: Disconnected from user ${user} 127.0.0.1 port ${port}`;
const left = (who: string, port: number) =>
  `left before authenticating: Connection closed by ${who} 127.0.0.1 port ${port}`;
const REFUSED_KEY = "ssh2: ED25519 SHA256:0Kz3B4nY1rJ66BJnW0cbika1OgPnbrhDuUe9p9zSIWk";
const L = "127.0.0.1";

/** The first twelve rows are one login after another, the same in all three of our own samples. */
const logins = (line: (n: number) => number, t: (traditional: string, precise: string) => string): Row[] => [
  [line(5), t("08:48:38", "08:48:38.132578"), "open", "alice", L, "43814", A],
  [line(12), t("08:48:38", "08:48:38.199089"), "connected", "alice", L, "43814", "command (session 0)"],
  [line(13), t("08:48:38", "08:48:38.214938"), "disconnected", "alice", L, "43814", "session 0 closed"],
  [line(15), t("08:48:38", "08:48:38.215087"), "closed", "alice", L, "43814", gone("alice", 43814)],
  [
    line(18),
    t("08:48:38", "08:48:38.439817"),
    "denied",
    "nobodyuser",
    L,
    "43828",
    "no such account: Invalid user nobodyuser from 127.0.0.1 port 43828",
  ],
  [
    line(19),
    t("08:48:38", "08:48:38.453762"),
    "denied",
    "nobodyuser",
    L,
    "43828",
    left("invalid user nobodyuser", 43828),
  ],
  [
    line(21),
    t("08:48:38", "08:48:38.687807"),
    "denied",
    "alice",
    L,
    "43836",
    `publickey refused: Failed publickey for alice from 127.0.0.1 port 43836 ${REFUSED_KEY}`,
  ],
  [
    line(22),
    t("08:48:38", "08:48:38.696317"),
    "denied",
    "alice",
    L,
    "43836",
    left("authenticating user alice", 43836),
  ],
  [
    line(27),
    t("08:49:06", "08:49:06.098285"),
    "denied",
    "alice",
    L,
    "43850",
    "keyboard-interactive/pam refused: Failed keyboard-interactive/pam for alice from 127.0.0.1 port 43850 ssh2",
  ],
  [
    line(29),
    t("08:49:08", "08:49:08.701491"),
    "denied",
    "alice",
    L,
    "43850",
    left("authenticating user alice", 43850),
  ],
  [line(34), t("08:49:08", "08:49:08.880294"), "open", "alice", L, "53946", A],
  [
    line(41),
    t("08:49:08", "08:49:08.935156"),
    "connected",
    "alice",
    L,
    "53946",
    "subsystem 'sftp' (session 0)",
  ],
];
const BANNER = "broken protocol: banner exchange: Connection from 127.0.0.1 port 53952: invalid format";
/** What follows the internal-sftp lines, which only the RFC 5424 files have. */
const rest = (line: (n: number) => number, t: (traditional: string, precise: string) => string): Row[] => [
  [line(42), t("08:49:08", "08:49:08.940363"), "disconnected", "alice", L, "53946", "session 0 closed"],
  [line(44), t("08:49:08", "08:49:08.940572"), "closed", "alice", L, "53946", gone("alice", 53946)],
  [line(50), t("08:49:09", "08:49:09.105190"), "open", "alice", L, "53950", A],
  [line(59), t("08:49:09", "08:49:09.957670"), "denied", "(unknown)", L, "53952", BANNER],
  [line(61), t("08:49:10", "08:49:10.502550"), "closed", "alice", L, "53950", gone("alice", 53950)],
];
const shellLogin = (line: (n: number) => number): Row[] => [
  [line(79), "08:49:48.103894", "open", "alice", L, "51314", A],
  [line(86), "08:49:48.155755", "connected", "alice", L, "51314", "shell on pts/3 (session 0)"],
  [line(88), "08:49:49.140423", "closed", "alice", L, "51314", gone("alice", 51314)],
];
const precise = (_traditional: string, time: string) => time;

function expectRows(file: string, expected: Row[], host: string, day = "2026-11-21"): Mapped[] {
  const mapped = mapAll(readFileSync(file));
  const rows = mapped.flatMap((each, index) =>
    "rows" in each ? each.rows.map((draft) => ({ line: index + 1, ...draft })) : [],
  );
  expect(rows).toEqual(
    expected.map(([line, time, event, user, address, port, cause]) => ({
      line,
      log: "connection-events",
      row: {
        time: `${day}T${time}Z`,
        user,
        connectionRef: `${host}|${address}|${port}`,
        event: event === "denied" ? "closed" : event,
        outcome: event === "denied" ? "denied" : "allowed",
        target: host,
        ...(user === "(unknown)" ? {} : { targetUser: user }),
        cause,
        kind: "ssh",
        clientAddress: address,
        clientPort: Number(port),
      },
    })),
  );
  expect(mapped.filter((each) => "rejected" in each)).toEqual([]);
  return mapped;
}

describe("the sample files", () => {
  it("traditional file of OpenSSH 9.2", () => {
    const line = (n: number) => n;
    const time = (traditional: string) => traditional;
    const expected = [...logins(line, time), ...rest(line, time)];
    expect(expectRows("samples/sshd/sshd-verbose-rfc3164.log", expected, "vm")).toHaveLength(62);
  });

  it("the same in RFC 5424, with sftp and another login", () => {
    const line = (n: number) => n + 1;
    const after = (n: number) => n + 10;
    const expected = [...logins(line, precise), ...rest(after, precise), ...shellLogin((n) => n)];
    expect(expectRows("samples/sshd/sshd-verbose-rfc5424.log", expected, "vm")).toHaveLength(90);
  });

  it("a whole machine's syslog, of which sshd is a part", () => {
    const expected: Row[] = [
      ...logins((n) => n + 42, precise),
      ...rest((n) => n + 51, precise),
      ...shellLogin((n) => n + 41),
      [153, "08:50:28.077042", "open", "alice", L, "50536", A],
      [161, "08:50:28.131696", "connected", "alice", L, "50536", "shell on pts/3 (session 0)"],
      [169, "08:50:30.130787", "closed", "alice", L, "50536", gone("alice", 50536)],
      [
        173,
        "08:50:30.280144",
        "denied",
        "alice",
        L,
        "50550",
        `publickey refused: Failed publickey for alice from 127.0.0.1 port 50550 ${REFUSED_KEY}`,
      ],
      [174, "08:50:30.288121", "denied", "alice", L, "50550", left("authenticating user alice", 50550)],
    ];
    const mapped = expectRows("samples/syslog/all-rfc5424.log", expected, "vm");
    expect(mapped).toHaveLength(176);
    // 176 lines less 103 of sshd.
    expect(mapped.filter((each) => "skipped" in each && each.skipped === "not sshd")).toHaveLength(73);
  });

  it("public lines of many versions", () => {
    const kex =
      "Their offer: diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1";
    const magic =
      "broken protocol: Magic value check failed (4289475479) on obfuscated handshake from 94.232.46.213 port 62730";
    const pascal = "no such account: Invalid user pascal from 35.188.49.176 port 53502";
    const ftp = (kind: string) =>
      `gave up before authenticating: Disconnected from ${kind} user ftp 92.255.85.135 port 26138`;
    const wrapped = "_U2FsdGVkX19P3BCJmFBHhjLza8BcMH06WCUVwttMHpE=_@::ffff:192.168.1.1 (::ffff:192.168.1.1)";
    const expected: [number, string, string, string, string, number | string, string][] = [
      [1, "2026-02-12T14:10:21Z", "sd-126005", "pascal", "35.188.49.176", 53502, pascal],
      [2, "2026-02-12T14:10:21Z", "sd-126005", "pascal", "35.188.49.176", 53502, pascal],
      [3, "2026-02-12T14:10:21Z", "sd-126005", "pascal", "35.188.49.176", 53502, pascal],
      [
        6,
        "2025-12-22T14:53:37Z",
        "ip-172-31-20-90",
        "root",
        "206.81.24.125",
        45362,
        "left before authenticating: Connection closed by authenticating user root 206.81.24.125 port 45362",
      ],
      [7, "2026-02-19T10:38:14Z", "myhost", "ftp", "92.255.85.135", 26138, ftp("invalid")],
      [8, "2026-02-19T10:38:14Z", "myhost", "ftp", "92.255.85.135", 26138, ftp("authenticating")],
      [9, "2026-02-19T10:38:14Z", "myhost", "ftp", "92.255.85.135", 26138, ftp("totobad")],
      [10, "2026-10-10T01:48:14Z", "username", "(unknown)", "94.232.46.213", 62730, magic],
      [11, "2026-10-10T01:48:14Z", "username", "(unknown)", "94.232.46.213", 62730, magic],
      [
        12,
        "2026-08-03T21:39:20Z",
        "hostname",
        "root",
        "206.81.24.125",
        45362,
        "left before authenticating: Connection closed by invalid user root 206.81.24.125 port 45362",
      ],
      [
        13,
        "2026-06-08T10:44:36Z",
        "server",
        "(unknown)",
        "123.57.135.134",
        45626,
        `no algorithm in common: Unable to negotiate with 123.57.135.134 port 45626: no matching key exchange method found. ${kex}`,
      ],
      [
        14,
        "2026-06-07T04:07:10Z",
        "server",
        "(unknown)",
        "206.189.59.169",
        34386,
        "no algorithm in common: Unable to negotiate with 206.189.59.169 port 34386: no matching host key type found. Their offer: ssh-rsa,ssh-dss",
      ],
      [
        15,
        "2026-07-07T06:11:48Z",
        "node1",
        "(unknown)",
        "123.123.123.123",
        45296,
        "no algorithm in common: Unable to negotiate with 123.123.123.123 port 45296: no matching MAC found. Their offer: hmac-sha2-256,hmac-sha1,hmac-sha1-96",
      ],
      [
        16,
        "2026-02-08T17:15:01Z",
        "hostname",
        "root",
        "80.94.92.63",
        49115,
        "left before authenticating: Connection reset by authenticating user root 80.94.92.63 port 49115",
      ],
      [
        17,
        "2023-11-13T23:20:42.738197Z",
        "myserver",
        "root",
        "192.168.1.1",
        "pid 1112652",
        "account not allowed: User root from 192.168.1.1 not allowed because not listed in AllowUsers",
      ],
      [
        18,
        "2026-04-06T18:51:41Z",
        "eve",
        "root",
        "192.168.1.2",
        51182,
        "password refused, no such account: Failed password for invalid user root from 192.168.1.2 port 51182 ssh2",
      ],
      [
        19,
        "2026-07-01T09:30:56Z",
        "usbkey",
        "(unknown)",
        "192.168.9.212",
        47056,
        "no authentication in time: Timeout before authentication for 192.168.9.212 port 47056",
      ],
      [
        20,
        "2026-07-02T11:32:16Z",
        "instance-20240401-2335",
        "(unknown)",
        "192.168.9.213",
        48680,
        "broken protocol: ssh_dispatch_run_fatal: Connection from 192.168.9.213 port 48680: message authentication code incorrect",
      ],
      [
        21,
        "2026-02-12T14:10:24Z",
        "sd-126005",
        "pascal5",
        "192.168.1.3",
        53502,
        "no such account: Invalid user pascal5 from 192.168.1.3 port 53502",
      ],
      [
        22,
        "2026-11-19T11:28:15Z",
        "myhost",
        "(unknown)",
        "118.27.24.104",
        33594,
        "left before authenticating: Connection closed by 118.27.24.104 port 33594",
      ],
      [
        23,
        "2025-12-12T14:10:24Z",
        "myhost",
        "(unknown)",
        "::ffff:192.168.1.1",
        "pid 16379",
        `refused by the host's access rules: refused connect from ${wrapped}`,
      ],
      [
        24,
        "2025-12-16T14:10:24Z",
        "myhost",
        "(unknown)",
        "192.168.1.1",
        "pid 16379",
        "refused by the host's access rules: refused connect from example.com (192.168.1.1)",
      ],
    ];
    const mapped = mapAll(readFileSync("samples/crowdsec-hub/sshd-logs.log"));
    const rows = mapped.flatMap((each, index) =>
      "rows" in each ? each.rows.map((draft) => ({ line: index + 1, ...draft })) : [],
    );
    expect(rows).toEqual(
      expected.map(([line, time, target, user, clientAddress, port, cause]) => ({
        line,
        log: "connection-events",
        row: {
          time,
          user,
          connectionRef: `${target}|${clientAddress}|${port}`,
          event: "closed",
          outcome: "denied",
          target,
          ...(user === "(unknown)" ? {} : { targetUser: user }),
          cause,
          kind: "ssh",
          clientAddress,
          ...(typeof port === "number" ? { clientPort: port } : {}),
        },
      })),
    );
    // Lines 4 and 5 are PAM's, the only ones without a row of their own.
    expect(mapped).toHaveLength(24);
    expect(mapped.filter((each) => "rejected" in each)).toEqual([]);
  });
});

describe("a line", () => {
  it("keeps its exact bytes, without the end of the line", () => {
    const lines = ["Nov 21 08:48:37 vm sshd[1]: a\u00e9", "x\r", "\xff"].map((line) =>
      Buffer.from(line, "latin1"),
    );
    const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
    const raw = [...sshd.split(body, context)].map((record) => Buffer.from(record.raw).toString("latin1"));
    expect(raw).toEqual(["Nov 21 08:48:37 vm sshd[1]: a\u00e9", "x", "\xff"]);
  });

  it("counts even if the last has no end, and empty ones do not", () => {
    expect(mapAll(encode("\n\nnonsense\n\r\nmore nonsense"))).toHaveLength(2);
    expect(mapAll(encode(""))).toEqual([]);
  });

  it.each([
    ["Nov 21 08:48:37 vm sshd[1]: something new", "sshd line not recognised"],
    [
      "Accepted password for root from 1.2.3.4 port 5 ssh2",
      "not a syslog line: it does not begin with a time",
    ],
  ])("goes into quarantine if it is not understood: %s", (line, rejected) =>
    expect(mapOne(line)).toEqual({ rejected }),
  );

  it("of another program is skipped, whatever it says", () => {
    const text = "Accepted password for root from 1.2.3.4 port 5 ssh2";
    for (const program of ["su", "internal-sftp", "sshd-x", "SSHD", "sshd(pam_unix)"]) {
      expect(mapOne(`Nov 21 08:48:37 vm ${program}[1]: ${text}`)).toEqual({ skipped: "not sshd" });
    }
    for (const program of ["sshd", "sshd-session", "sshd-auth"]) {
      expect(mapOne(`Nov 21 08:48:37 vm ${program}[1]: ${text}`)).toHaveProperty("rows");
    }
    expect(mapOne("-- Boot 5c0a8c0e --")).toEqual({ skipped: "a remark of journalctl" });
  });

  it("without a host belongs to the source", () => {
    expect(mapOne("Nov 21 08:48:37 sshd[1]: Invalid user x from 1.2.3.4 port 5")).toMatchObject({
      rows: [{ row: { target: "bastion", connectionRef: "bastion|1.2.3.4|5" } }],
    });
  });

  it("has the zone of the source's settings, if they name one", () => {
    const line = "Nov 21 08:48:37 vm sshd[1]: Invalid user x from 1.2.3.4 port 5";
    expect(mapOne(line, { timeZone: "Asia/Tokyo" })).toMatchObject({
      rows: [{ row: { time: "2026-11-20T23:48:37Z" } }],
    });
    expect(mapOne(line, { timeZone: "Tokio" })).toEqual({
      rejected: "the source's setting timeZone is no time zone: Tokio",
    });
  });

  it("of 64 kB is understood or not, quickly", () => {
    const long = "a b".repeat(22_000);
    const started = processorMs();
    expect(mapOne(`Nov 21 08:48:37 vm sshd[1]: Invalid user ${long} from 1.2.3.4 port 5`)).toEqual({
      rejected: "user is longer than 1024 characters",
    });
    expect(mapOne(`Nov 21 08:48:37 ${"h".repeat(2000)} sshd[1]: Invalid user a from 1.2.3.4 port 5`)).toEqual(
      {
        rejected: "target is longer than 1024 characters",
      },
    );
    const offer = `Unable to negotiate with 1.2.3.4 port 5: no match. Their offer: ${"x,".repeat(35_000)}`;
    expect(mapOne(`Nov 21 08:48:37 vm sshd[1]: ${offer} [preauth]`)).toMatchObject({
      rows: [{ row: { clientAddress: "1.2.3.4", outcome: "denied" } }],
    });
    expect(processorMs() - started).toBeLessThan(5000);
  });
});
