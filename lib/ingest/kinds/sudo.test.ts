import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ForeignRecord, MapContext, Rejected } from "@/lib/ingest/define.ts";
import { sudo } from "@/lib/ingest/kinds/sudo.ts";
import { drafts } from "@/lib/ingest/rows.ts";
import { processorMs } from "@/lib/test-time.ts";

const context: MapContext = {
  sourceName: "bastion",
  receivedAt: "2026-11-21T09:00:00.000000Z",
  settings: {},
  mask: (secret) => `[${Buffer.from(secret).length}]`,
};

function cut(body: string | Uint8Array): (ForeignRecord | Rejected)[] {
  return [...sudo.split(typeof body === "string" ? Buffer.from(body) : body, context)];
}
function mapped(record: ForeignRecord | Rejected) {
  if ("rejected" in record) return { rejected: record.rejected };
  const result = sudo.map(record, context);
  if ("rows" in result) for (const draft of result.rows) drafts[draft.log].parse(draft.row);
  return result;
}
function onlyRejected(body: string | Uint8Array): string | undefined {
  const [record] = cut(body);
  return record !== undefined && "rejected" in record ? record.rejected : undefined;
}

const who = { user: "alice", target: "vm", targetUser: "root" };
type Command = [time: string, ref: string, command: string, more?: object];
const command = ([time, connectionRef, text, more]: Command) => ({
  log: "commands",
  row: {
    ...who,
    time: `2026-11-21T${time}Z`,
    command: text,
    connectionRef,
    origin: "reported",
    workingDirectory: "/home/alice",
    outcome: "accepted",
    ...more,
  },
});
const open = (time: string, connectionRef: string, more: object = {}) => ({
  log: "connection-events",
  once: `open ${connectionRef}`,
  row: {
    ...who,
    time: `2026-11-21T${time}Z`,
    connectionRef,
    kind: "sudo",
    event: "open",
    outcome: "allowed",
    ...more,
  },
});
const denied = (time: string, connectionRef: string, cause: string, more: object = {}) => ({
  log: "connection-events",
  row: {
    ...who,
    time: `2026-11-21T${time}Z`,
    connectionRef,
    kind: "sudo",
    event: "closed",
    outcome: "denied",
    cause,
    ...more,
  },
});
const closed = (time: string, connectionRef: string, cause: string, target = "bastion") => ({
  log: "connection-events",
  row: {
    user: "(unknown)",
    target,
    time: `2026-11-21T${time}Z`,
    connectionRef,
    kind: "sudo",
    event: "closed",
    outcome: "allowed",
    cause,
  },
});
const NOT_ALLOWED = "command not allowed";
const rejected = (reason: string) => ({ outcome: "rejected", reason });

describe("the sample files", () => {
  it("an event log with I/O logs", () => {
    const a = "1795250732.503640193";
    const b = "1795250733.304568357";
    const c = "1795250734.105426552";
    const d = "1795250735.407369903";
    const nobody = { targetUser: "nobody" };
    const PASSWORD = "a password is required";
    const expected: [id: string, rows: object[]][] = [
      [
        "f3b38ff2c6-53f0-479b-dbed-c4fbde762a/accept/1795250732.506784055",
        [command(["08:45:32.503640", a, "id -u"]), open("08:45:32.503640", a)],
      ],
      [
        "f3b38ff2c6-53f0-479b-dbed-c4fbde762a/exit/1795250732.509325990",
        [closed("08:45:32.509269", a, "exit 0")],
      ],
      [
        "a4a792595d-e65a-4598-4d36-e60482418e/reject/1795250733.306077434",
        [
          command(["08:45:33.304568", b, "/usr/bin/passwd root", rejected(NOT_ALLOWED)]),
          denied("08:45:33.304568", b, NOT_ALLOWED),
        ],
      ],
      [
        "666dcd8ae7-849d-4492-351d-c94d520dec/reject/1795250734.107360442",
        [
          command(["08:45:34.105426", c, "whoami", { ...nobody, ...rejected(PASSWORD) }]),
          denied("08:45:34.105426", c, PASSWORD, nobody),
        ],
      ],
      [
        "666dcd8ae7-849d-4492-351d-c94d520dec/reject/1795250734.107705245",
        [
          command(["08:45:34.105426", c, "whoami", { ...nobody, ...rejected(NOT_ALLOWED) }]),
          denied("08:45:34.105426", c, NOT_ALLOWED, nobody),
        ],
      ],
      [
        "1af64fa473-a231-4186-1ba2-3b248359a6/accept/1795250735.409135342",
        [
          command(["08:45:35.407369", d, "bash -c 'echo hi; ls /root | head -2; exit 7'"]),
          open("08:45:35.407369", d),
        ],
      ],
      [
        "5c342f1726-f3c9-478b-279c-91109c6a1a/accept/1795250735.411619511",
        [command(["08:45:35.411619", d, "/usr/bin/ls /root", { offsetMs: 4 }]), open("08:45:35.407369", d)],
      ],
      [
        "57f0c48fb7-7331-4c9d-ae13-4983e70a8e/accept/1795250735.415203438",
        [command(["08:45:35.415203", d, "/usr/bin/head -2", { offsetMs: 7 }]), open("08:45:35.407369", d)],
      ],
      [
        "1af64fa473-a231-4186-1ba2-3b248359a6/exit/1795250735.416594490",
        [closed("08:45:35.416539", d, "exit 7")],
      ],
    ];
    const records = cut(readFileSync("samples/sudo/sudo-eventlog.json"));
    expect(records.map((record) => [record.id, mapped(record)])).toEqual(
      expected.map(([id, rows]) => [id, { rows }]),
    );
  });

  it("an event log whose sub-commands have no offset", () => {
    const a = "1795250780.098026265";
    const b = "1795250781.298940180";
    const c = "1795250782.504360322";
    const begun = open("08:46:22.504360", c);
    const expected: [id: string, rows: object[]][] = [
      [
        "d27f95bbd9-ffc1-469b-da42-3bbe858ae2/accept/1795250780.108624127",
        [command(["08:46:20.098026", a, "id -u"]), open("08:46:20.098026", a)],
      ],
      [
        "d27f95bbd9-ffc1-469b-da42-3bbe858ae2/exit/1795250780.156572770",
        [closed("08:46:20.156510", a, "exit 0")],
      ],
      [
        "e7b4a11967-cee8-4384-f170-4e88983b54/reject/1795250781.300482127",
        [
          command(["08:46:21.298940", b, "/usr/bin/passwd root", rejected(NOT_ALLOWED)]),
          denied("08:46:21.298940", b, NOT_ALLOWED),
        ],
      ],
      [
        "3ba17638c0-e6fc-42b2-7f13-802dc3b92e/accept/1795250782.506899944",
        [command(["08:46:22.504360", c, "bash --norc"]), begun],
      ],
      [
        "3e04a77450-65c2-4a9d-5332-a7794fb7ff/accept/1795250784.009444018",
        [command(["08:46:24.009444", c, "/usr/bin/whoami"]), begun],
      ],
      [
        "629a8c5612-ac10-458f-195e-813fba6865/accept/1795250785.210581742",
        [command(["08:46:25.210581", c, "/usr/bin/ls /"]), begun],
      ],
      [
        "9d1c76cde2-cd7c-40a8-390d-a2625adf7f/accept/1795250785.211650654",
        [command(["08:46:25.211650", c, "/usr/bin/head -2"]), begun],
      ],
      [
        "3ba17638c0-e6fc-42b2-7f13-802dc3b92e/exit/1795250785.812773849",
        [closed("08:46:25.812705", c, "exit 7")],
      ],
    ];
    const records = cut(readFileSync("samples/sudo/sudo-eventlog-with-logsrv.json"));
    expect(records.map((record) => [record.id, mapped(record)])).toEqual(
      expected.map(([id, rows]) => [id, { rows }]),
    );
  });

  it("a whole machine's syslog, of which sudo is a part", () => {
    const a = "1795250851.207310349";
    const b = "1795250852.205564540";
    const c = "1795250992.228421273";
    const lab = { workingDirectory: "/var/lab/rsrc/samples/auditd" };
    const records = cut(readFileSync("samples/syslog/all-rfc5424.log"));
    expect(records).toHaveLength(176);
    const results = records.map((record, index) => ({ line: index + 1, ...mapped(record) }));
    expect(results.filter((result) => "rows" in result)).toEqual([
      { line: 32, rows: [command(["08:47:31.207310", a, "id -u"]), open("08:47:31.207310", a)] },
      { line: 38, rows: [closed("08:47:31.219243", a, "exit 0", "vm")] },
      {
        line: 39,
        rows: [
          command(["08:47:32.205564", b, "passwd root", rejected(NOT_ALLOWED)]),
          denied("08:47:32.205564", b, NOT_ALLOWED),
        ],
      },
      { line: 140, rows: [command(["08:49:52.228421", c, "id -u", lab]), open("08:49:52.228421", c)] },
      { line: 146, rows: [closed("08:49:52.232716", c, "exit 0", "vm")] },
    ]);
    const text = "sudo's text, not JSON: set log_format=json in sudoers";
    expect(results.filter((result) => "rejected" in result)).toEqual(
      [8, 14, 15, 16, 21, 22, 23, 25, 162].map((line) => ({ line, rejected: text })),
    );
    // 176 lines less 39 of sudo, of which 25 are PAM's.
    const skipped = results.flatMap((result) => ("skipped" in result ? [result.skipped] : []));
    expect(skipped.filter((reason) => reason === "not sudo")).toHaveLength(137);
    expect(skipped.filter((reason) => reason.startsWith("PAM"))).toHaveLength(25);
    const raw = Buffer.from(records[139]?.raw ?? []).toString();
    expect(raw).toMatch(
      /^<85>1 2026-11-21T08:49:52.230049\+00:00 vm sudo - - - {2}@cee:\{"sudo":\{"accept":/,
    );
    expect(raw).toContain('"runenv":["LANG=[7]","TERM=[5]",');
  });
});

const time = (seconds: number, nanoseconds = 5) => ({ seconds, nanoseconds });
const accept = (more: object = {}) => ({
  uuid: "u1",
  server_time: time(1795250732, 9),
  submit_time: time(1795250732, 7),
  submituser: "ann",
  submithost: "web-1",
  command: "/usr/bin/id",
  runuser: "root",
  runargv: ["id", "-u"],
  ...more,
});
const log = (type: string, event: object) => `"${type}": ${JSON.stringify(event)}`;
const one = (type: string, event: object) => {
  const [record] = cut(`{${log(type, event)}}`);
  if (record === undefined) throw new Error("nothing was cut");
  return mapped(record);
};

describe("an event", () => {
  it("keeps its exact bytes but the environment's values, and can be read again from them", () => {
    const body = '{ \n "accept" :\t{"uuid":"u","runenv":["A=secret","B","C=x=\\u0041"], "n":1.50,"n":2} }';
    const [record] = cut(body);
    const raw = Buffer.from(record?.raw ?? []).toString();
    expect(raw).toBe('"accept" :\t{"uuid":"u","runenv":["A=[6]","[1]","C=[3]"], "n":1.50,"n":2}');
    const file = readFileSync("samples/sudo/sudo-eventlog.json");
    for (const each of cut(file)) {
      const [again, ...more] = cut(each.raw);
      if (again === undefined) throw new Error("nothing was cut");
      expect(more).toEqual([]);
      expect([again.id, mapped(again)]).toEqual([each.id, mapped(each)]);
    }
  });

  it("says how a session ended", () => {
    const exit = { uuid: "u1", server_time: time(20), exit_time: time(12, 100), run_time: time(2, 200) };
    const ended = (more: object) => {
      const result = one("exit", { ...exit, ...more });
      const draft = "rows" in result ? result.rows[0] : undefined;
      return draft?.log === "connection-events" ? [draft.row.connectionRef, draft.row.cause] : result;
    };
    // 12.000000100 less 2.000000200
    expect(ended({ exit_value: 3 })).toEqual(["9.999999900", "exit 3"]);
    expect(ended({ signal: "KILL", dumped_core: false, exit_value: 137 })).toEqual([
      "9.999999900",
      "signal KILL",
    ]);
    expect(ended({ signal: "SEGV", dumped_core: true })).toEqual(["9.999999900", "signal SEGV, core dumped"]);
    expect(one("exit", { ...exit, run_time: undefined })).toEqual({ rejected: "run_time: missing" });
  });

  it("of an alert is a user event", () => {
    const alert = {
      uuid: "u1",
      server_time: time(20),
      alert_time: time(19, 123_456_789),
      reason: "bad plugin",
    };
    const row = {
      time: "1970-01-01T00:00:19.123456Z",
      user: "(unknown)",
      actorType: "system",
      action: "sudo alert",
      resource: "bastion: bad plugin",
      outcome: "failure",
      count: 1,
    };
    expect(one("alert", alert)).toEqual({ rows: [{ log: "user-events", row }] });
    const named = {
      ...alert,
      submituser: "ann",
      submithost: "web-1",
      command: "/bin/ls",
      runargv: ["ls", "a b"],
    };
    expect(one("alert", named)).toEqual({
      rows: [
        {
          log: "user-events",
          row: { ...row, user: "ann", actorType: "user", resource: "web-1: bad plugin (ls 'a b')" },
        },
      ],
    });
  });

  it("of a refused sub-command leaves its session alone", () => {
    const refused = accept({ reason: NOT_ALLOWED, iolog_offset: time(1, 2_999_999) });
    expect(one("reject", refused)).toMatchObject({
      rows: [{ log: "commands", row: { outcome: "rejected" } }],
    });
    const outer = accept({ reason: NOT_ALLOWED, runenv: ["SUDO_COMMAND=/bin/bash"] });
    expect(one("reject", outer)).toMatchObject({
      rows: [{ log: "commands", row: { time: "2026-11-21T08:45:32.000000Z" } }],
    });
    expect(
      one("reject", accept({ reason: NOT_ALLOWED, runenv: ["SUDO_COMMAND=/usr/bin/id -u"] })),
    ).toMatchObject({
      rows: [{ log: "commands" }, { log: "connection-events", row: { event: "closed", outcome: "denied" } }],
    });
  });

  it("quotes its command so that a shell would read the same arguments", () => {
    const line = (more: object) => {
      const result = one("accept", accept(more));
      const draft = "rows" in result ? result.rows[0] : undefined;
      return draft?.log === "commands" ? draft.row.command : result;
    };
    expect(line({ runargv: ["sh", "-c", "echo 'a'; exit"] })).toBe("sh -c 'echo '\\''a'\\''; exit'");
    expect(line({ runargv: ["printf", "", "a\nb"] })).toBe("printf '' $'a\\nb'");
    expect(line({ runargv: undefined })).toBe("/usr/bin/id");
    expect(line({ runargv: [], command: undefined })).toBe("");
  });

  it("without a name for the host or the user it ran as belongs to the source", () => {
    const result = one("accept", accept({ submithost: undefined, runuser: undefined, peeraddr: "10.0.0.9" }));
    expect(result).toMatchObject({
      rows: [
        { row: { target: "bastion", clientAddress: "10.0.0.9" } },
        { row: { target: "bastion", clientAddress: "10.0.0.9" } },
      ],
    });
    expect(JSON.stringify(result)).not.toContain("targetUser");
  });

  it.each([
    ["accept", { submituser: undefined }, "submituser: missing"],
    ["accept", { submit_time: time(1, 1e9) }, /^submit_time\.nanoseconds: /],
    ["accept", { submit_time: time(1e15, 1) }, "the time of the event is outside the calendar"],
    ["accept", { runargv: "id" }, /^runargv: /],
    ["accept", { submituser: "x".repeat(1025) }, /^submituser: /],
    ["reject", {}, "reason: missing"],
  ])("is rejected by name: %s %j", (type, more, reason) =>
    expect(one(type, accept(more))).toEqual({
      rejected: typeof reason === "string" ? reason : expect.stringMatching(reason),
    }),
  );

  it("without a uuid has no id", () => {
    expect(cut(`{${log("accept", accept({ uuid: undefined }))}}`)[0]).toHaveProperty("id", undefined);
    expect(cut(`{${log("accept", accept({ server_time: "now" }))}}`)[0]).toHaveProperty("id", undefined);
  });
});

describe("a log that grows", () => {
  const file = readFileSync("samples/sudo/sudo-eventlog.json");
  const ids = cut(file).map((record) => record.id);
  /** Where sudo's file ended after each event: it then ended in `\n}\n`, the next event overwrote that. */
  const ends = [...file.toString().matchAll(/\n {4}\}(?=,?\n)/g)].map(
    (match) => match.index + match[0].length + 3,
  );

  it("gives each event once, whatever a follower saw of it", () => {
    expect(ends).toHaveLength(9);
    for (let first = 0; first < ends.length; first++) {
      for (let last = first + 1; last <= ends.length; last++) {
        // From the end of the file at one time to its end at a later one.
        const end = (ends[last - 1] ?? 0) - 3;
        const part = Buffer.concat([
          file.subarray(first === 0 ? 0 : ends[first - 1], end),
          Buffer.from("\n}\n"),
        ]);
        expect(cut(part).map((record) => record.id)).toEqual(ids.slice(first, last));
      }
    }
  });

  it("is refused as a whole when it ends within an event", () => {
    const end = ends[1] ?? 0;
    for (const cutAt of [end - 4, end - 20, end - 100, 30, 15, 8]) {
      expect(() => cut(file.subarray(0, cutAt)), `${cutAt}`).toThrow("The event log ends within an event");
    }
  });

  it("may be empty", () => {
    for (const body of ["", "\n", "{}", "{\n}\n", "}\n"]) expect(cut(body)).toEqual([]);
  });

  it("goes on after an event that a full disk cut off", () => {
    const [whole, next] = [log("accept", accept()), log("exit", { uuid: "u2", server_time: time(3) })];
    for (const length of [12, 40, 60, 90, whole.length - 30, whole.length - 1]) {
      // sudo overwrites the last three bytes with `,` and a line feed, whatever they were.
      const records = cut(`{\n    ${whole.slice(0, length)},\n    ${next}\n}\n`);
      expect(records, whole.slice(0, length)).toHaveLength(2);
      expect(records[0]).toMatchObject({ rejected: expect.stringMatching(/^broken JSON: /) });
      expect(records[1]).toMatchObject({ id: "u2/exit/3.000000005" });
    }
    const leaky = `{\n    "accept": {"runenv": ["KEY=hunter2", "B\n    ${next}\n}\n`;
    expect(Buffer.from(cut(leaky)[0]?.raw ?? []).toString()).not.toContain("hunter2");
  });
});

describe("lines", () => {
  const line = JSON.stringify({ sudo: { accept: accept({ runenv: ["A=secret"] }) } });
  it.each([
    ["bare", ""],
    ["with the cookie", "@cee:"],
    ["in a syslog line", "Nov 21 08:45:32 web-1 sudo[7]: @cee:"],
    ["in a syslog line with blanks", "<85>1 2026-11-21T08:45:32Z web-1 sudo 7 - -  @cee:"],
  ])("%s", (_, before) => {
    const records = cut(`${before}${line}\n${before}${line}\n`);
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record.id).toBe("u1/accept/1795250732.000000009");
      expect(Buffer.from(record.raw).toString()).toBe(`${before}${line.replace("secret", "[6]")}`);
      expect(cut(record.raw).map((again) => [again.id, mapped(again)])).toEqual([
        [record.id, mapped(record)],
      ]);
    }
  });

  it("are rejected one by one", () => {
    const records = cut(
      `@cee:${line.slice(0, 60)}\n@cee:${line}\n@cee:{}\n@cee:{"sudo":{"accept":{},"exit":{}}}\n@cee:${line} x\n`,
    );
    expect(records.map((record) => ("rejected" in record ? record.rejected : record.id))).toEqual([
      expect.stringMatching(/^broken JSON: /),
      "u1/accept/1795250732.000000009",
      "expected one event of sudo, found 0",
      "expected one event of sudo, found 2",
      expect.stringMatching(/^broken JSON: something follows the event/),
    ]);
    expect(onlyRejected('@cee:{"sudo":{"panic":{}}}')).toBe("not an event of sudo: panic");
    expect(onlyRejected("what is this")).toBe("not a syslog line: it does not begin with a time");
  });
});

describe("hostile bodies", () => {
  it("with bytes that are no UTF-8 lose nothing", () => {
    const event = `{\n    ${log("accept", accept({ runargv: ["id", "X"], runenv: ["A=X"] })).replaceAll("X", "\xff\xe9")},\n    ${log("exit", { uuid: "u2", server_time: time(3) })}\n}\n`;
    const records = cut(Buffer.from(event, "latin1"));
    expect(records.map((record) => record.id)).toEqual([
      "u1/accept/1795250732.000000009",
      "u2/exit/3.000000005",
    ]);
    const [first] = records;
    if (first === undefined) throw new Error("nothing was cut");
    expect(Buffer.from(first.raw).toString("latin1")).toMatch(
      /"runargv":\["id","\xff\xe9"\],"runenv":\["A=\[\d\]"\]/,
    );
    expect(mapped(first)).toMatchObject({ rows: [{ row: { command: "id '\ufffd\ufffd'" } }, {}] });
    const line = Buffer.from(
      `@cee:${JSON.stringify({ sudo: { accept: accept({ runargv: ["X"] }) } }).replace("X", "\xff")}`,
      "latin1",
    );
    expect(cut(line)[0]).toMatchObject({ id: "u1/accept/1795250732.000000009", raw: new Uint8Array(line) });
  });

  it("of another format are refused", () => {
    for (const body of ["[1]", '{"a" 1}', "{1}", '"accept"', '{"accept": }']) {
      const result = () => cut(body).map(mapped);
      if (body === "[1]") expect(result()).toEqual([{ rejected: expect.any(String) }]);
      else expect(result, body).toThrow();
    }
    expect(cut('{"kind":"EventList","items":[]}').map(mapped)).toEqual([
      { rejected: "not an event of sudo: kind" },
      { rejected: "not an event of sudo: items" },
    ]);
    expect(one("accept", [] as object)).toMatchObject({ rejected: expect.any(String) });
    expect(cut('{"accept": null}').map(mapped)).toMatchObject([{ rejected: expect.any(String) }]);
  });

  it("nested too deeply are refused, quickly", () => {
    const started = processorMs();
    expect(() => cut(`{"accept": ${"[".repeat(1_000_000)}`)).toThrow(/nested deeper/);
    expect(() => cut(`{${'\n"accept": {'.repeat(100_000)}`)).toThrow();
    expect(processorMs() - started).toBeLessThan(15_000);
  });
});
