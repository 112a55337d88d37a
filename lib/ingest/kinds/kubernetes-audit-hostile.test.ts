import { describe, expect, it } from "vitest";
import { BadBody } from "@/lib/ingest/define.ts";
import { kubernetesAudit } from "@/lib/ingest/kinds/kubernetes-audit.ts";
import { context, ingest, kept, plain, rowsOf } from "@/lib/ingest/kinds/kubernetes-audit-fixture.ts";
import { processorMs } from "@/lib/test-time.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const asLines = (lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join("");
const text = (raw: Uint8Array) => new TextDecoder().decode(raw);

const event = {
  auditID: "a1",
  stage: "ResponseComplete",
  requestURI: "/api/v1/namespaces/d/pods/web",
  verb: "get",
  user: { username: "ann", groups: ["devs"] },
  sourceIPs: ["203.0.113.9"],
  userAgent: "kubectl/v1.36.4",
  objectRef: { resource: "pods", namespace: "d", name: "web" },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: "2026-11-21T09:00:00.000000Z",
  stageTimestamp: "2026-11-21T09:00:01.500000Z",
};
const exec = {
  ...event,
  requestURI: `${event.requestURI}/exec?command=id&container=c`,
  objectRef: { ...event.objectRef, subresource: "exec" },
  responseStatus: { code: 101 },
};

/** What becomes of one event: its rows, or why there are none. */
function outcome(value: object | string): string {
  const [record] = kubernetesAudit.split(
    bytes(typeof value === "string" ? value : JSON.stringify(value)),
    context,
  );
  if (!record) return "nothing";
  if ("rejected" in record) return record.rejected;
  const mapped = kubernetesAudit.map(record, context);
  return "rejected" in mapped ? mapped.rejected : "accepted";
}

describe("the stages that a policy leaves", () => {
  const started = { ...exec, stage: "ResponseStarted", stageTimestamp: "2026-11-21T09:00:00.002000Z" };
  const received = { ...exec, stage: "RequestReceived", responseStatus: undefined };
  const panic = { ...exec, stage: "Panic", responseStatus: { code: 500 } };
  it.each([
    ["all of them", [received, started, exec], ["open", "closed"]],
    ["the last two", [started, exec], ["open", "closed"]],
    ["out of order", [exec, started], ["open", "closed"]],
    ["the last alone", [exec], ["open", "closed"]],
    ["the start alone", [started], ["open"]],
    ["a panic at the end", [started, panic], ["open", "closed"]],
  ])("%s: one command, and one opening of its connection", (_which, events, expected) => {
    const rows = kept(ingest(bytes(events.map((one) => JSON.stringify(one)).join("\n"))));
    expect(rowsOf("commands", rows).map(({ command, outcome: told, time }) => [command, told, time])).toEqual(
      [["id", "accepted", "2026-11-21T09:00:00.000000Z"]],
    );
    expect(rowsOf("connection-events", rows).map((row) => row.event)).toEqual(
      expect.arrayContaining(expected),
    );
    expect(rowsOf("connection-events", rows).length).toBe(expected.length);
  });

  it("a refused exec: a rejected command and a denied attempt, from the last stage", () => {
    const refused = { code: 403, message: 'pods "web" is forbidden' };
    const rows = kept(
      ingest(
        bytes(
          [
            { ...started, responseStatus: refused },
            { ...exec, responseStatus: refused },
          ]
            .map((one) => JSON.stringify(one))
            .join("\n"),
        ),
      ),
    );
    expect(
      plain(rows).map(({ log, event: name, outcome: told, reason, cause }) => [
        log,
        name ?? told,
        reason ?? cause,
      ]),
    ).toEqual([
      ["kubernetes-api-calls", undefined, refused.message],
      ["kubernetes-api-calls", undefined, refused.message],
      ["commands", "rejected", refused.message],
      ["connection-events", "closed", refused.message],
      ["user-events", "denied", undefined],
    ]);
  });

  it("a request that nobody was authenticated for has one stage, and one user event", () => {
    const unknown = {
      ...event,
      stage: "ResponseStarted",
      user: {},
      responseStatus: { code: 401, message: "Authentication failed, attempted: bearer" },
    };
    const rows = kept(ingest(bytes(JSON.stringify(unknown))));
    expect(plain(rows)).toMatchObject([
      { log: "kubernetes-api-calls", user: "system:unauthenticated", status: 401 },
      {
        log: "user-events",
        user: "system:unauthenticated",
        actorType: "anonymous",
        action: "get pods",
        outcome: "denied",
        status: 401,
      },
    ]);
    expect(outcome({ ...event, user: {} })).toBe("user.username: missing");
  });
});

describe("wrong and hostile events", () => {
  it.each([
    [{ ...event, auditID: 5 }, "auditID: must be a text that is not empty"],
    [{ ...event, auditID: "" }, "auditID: must be a text that is not empty"],
    [
      { ...event, stage: "Done" },
      'stage: Invalid option: expected one of "RequestReceived"|"ResponseStarted"|"ResponseComplete"|"Panic"',
    ],
    [{ ...event, verb: undefined }, "verb: missing"],
    [{ ...event, requestURI: ["/"] }, "requestURI: Invalid input: expected string, received array"],
    [{ ...event, user: "ann" }, "user: Invalid input: expected object, received string"],
    [
      { ...event, user: { username: "ann", groups: ["a", 1] } },
      "user.groups[1]: Invalid input: expected string, received number",
    ],
    [{ ...event, sourceIPs: "203.0.113.9" }, "sourceIPs: Invalid input: expected array, received string"],
    [{ ...event, objectRef: [] }, "objectRef: Invalid input: expected object, received array"],
    [
      { ...event, responseStatus: { code: "200" } },
      "responseStatus.code: Invalid input: expected number, received string",
    ],
    [
      { ...event, requestReceivedTimestamp: "yesterday" },
      "requestReceivedTimestamp: must be an RFC 3339 time",
    ],
    [{ ...event, requestReceivedTimestamp: null, stageTimestamp: null }, "requestReceivedTimestamp: missing"],
    [
      { ...event, user: { username: "x".repeat(2000) } },
      "user: Too big: expected string to have <=1024 characters",
    ],
    [
      { ...event, user: { username: "ann", groups: Array.from({ length: 1001 }, (_, i) => `g${i}`) } },
      "groups: Too big: expected array to have <=1000 items",
    ],
  ])("%j", (value, reason) => {
    expect(outcome(value)).toBe(reason);
  });

  it("accepts what Go leaves out or writes as null, odd texts and repeated keys", () => {
    expect(
      outcome({
        ...event,
        sourceIPs: null,
        userAgent: null,
        objectRef: null,
        responseStatus: null,
        annotations: null,
        impersonatedUser: null,
      }),
    ).toBe("accepted");
    expect(outcome(JSON.stringify(event).replace("kubectl/v1.36.4", "\\ud800\\u0000"))).toBe("accepted");
    const doubled = JSON.stringify(event).replace(
      '"verb":"get"',
      '"verb":5,"verb":"get","__proto__":{"verb":"x"},"constructor":1',
    );
    expect(outcome(doubled)).toBe("accepted");
  });

  it("names many groups shortly", () => {
    const groups = Array.from({ length: 200 }, (_, i) => `team-${i}`);
    const [call] = rowsOf(
      "kubernetes-api-calls",
      kept(
        ingest(
          bytes(
            JSON.stringify({
              ...event,
              user: { username: "ann", groups: ["system:authenticated", ...groups] },
            }),
          ),
        ),
      ),
    );
    expect(call?.groups?.length).toBe(201);
    expect(call?.targetUser).toMatch(/^team-0, team-1, .*, team-\d+, …$/);
  });

  it("quotes arguments so that a line stays one line", () => {
    const uri = `${event.requestURI}/exec?command=sh&command=-c&command=a+b%0A%27%1B%5B2J&command=&command=%ff%zz`;
    const [command] = rowsOf("commands", kept(ingest(bytes(JSON.stringify({ ...exec, requestURI: uri })))));
    expect(command?.command).toBe("sh -c $'a b\\n\\'\\e[2J' '' '\ufffd%zz'");
  });

  it("keeps one record that is too deep or no object from the others", () => {
    const deep = `{"auditID":"deep","stage":"ResponseComplete","requestObject":${"[".repeat(100)}"hush"${"]".repeat(100)}}`;
    const body = `{"kind":"EventList","items":[${JSON.stringify(event)},${deep},7,{},${JSON.stringify(exec)}]}`;
    const records = [...kubernetesAudit.split(bytes(body), context)];
    expect(records.map((record) => ("rejected" in record ? record.rejected : record.id))).toEqual([
      "a1/ResponseComplete",
      "not a JSON object: nested deeper than 64 levels at byte 125",
      "not a JSON object: expected '{' at byte 0",
      "auditID: must be a text that is not empty",
      "a1/ResponseComplete",
    ]);
    expect(text(records[1]?.raw ?? new Uint8Array())).toBe(
      '{"auditID":"deep","stage":"ResponseComplete","requestObject"[masked]',
    );
  });

  it("takes bodies of megabytes", () => {
    const huge = { ...event, requestObject: { note: "x".repeat(4_000_000) }, userAgent: "y".repeat(60_000) };
    const started = processorMs();
    expect(outcome(huge)).toBe("accepted");
    expect(outcome({ ...event, userAgent: "y".repeat(70_000) })).toBe(
      "userAgent: Too big: expected string to have <=65536 characters",
    );
    expect(processorMs() - started).toBeLessThan(10_000);
  });
});

describe("bodies", () => {
  const whole = JSON.stringify({ kind: "EventList", items: [event, exec] });
  it.each([
    ["", "The body is not JSON: the text ends where a value should be at byte 0"],
    ["hello", "The body is not JSON: expected a value at byte 0"],
    [whole.slice(0, -10), /^The body is not JSON: the text ends/],
    [JSON.stringify({ items: [event, exec] }, null, 2).slice(0, -30), /^The body is not JSON: the text ends/],
    ["[]", "The body is neither an EventList nor an Event"],
    [
      '{"kind":"EventList"}',
      "The body is neither an EventList (items: missing) nor an Event (auditID: missing)",
    ],
    ['{"kind":"EventList","items":{}}', "items: must be an array"],
    ["[".repeat(100_000), /nested deeper than 10000 levels/],
  ])("%.40s is refused as a whole", (body, reason) => {
    expect(() => [...kubernetesAudit.split(bytes(body), context)]).toThrow(BadBody);
    expect(() => [...kubernetesAudit.split(bytes(body), context)]).toThrow(reason);
  });

  it("may be an empty list, one event, or lines of which some are bad", () => {
    expect(ingest(bytes('{"kind":"EventList","items":[]}'))).toEqual([]);
    expect(ingest(bytes('{"kind":"EventList","items":null}'))).toEqual([]);
    expect(ingest(bytes(JSON.stringify(event, null, 2))).map(({ id }) => id)).toEqual([
      "a1/ResponseComplete",
    ]);
    const lines = [
      JSON.stringify(event),
      "",
      '{"auditID":"cut","requestObject":{"data":{"p":"hush',
      JSON.stringify(exec).slice(0, 50),
    ];
    const records = [...kubernetesAudit.split(bytes(asLines(lines)), context)];
    expect(
      records.map((record) => ("rejected" in record ? record.rejected.slice(0, 17) : record.id)),
    ).toEqual(["a1/ResponseComplete", "not a JSON object", "not a JSON object"]);
    expect(records.map(({ raw }) => text(raw)).join()).not.toContain("hush");
  });
});

describe("an audit log that was cut off", () => {
  const log = `${JSON.stringify(event)}\n${JSON.stringify(exec)}`;
  it("is refused as a whole, wherever it was cut", () => {
    const first = JSON.stringify(event).length + 1;
    for (let length = first + 1; length < log.length; length++) {
      expect(() => [...kubernetesAudit.split(bytes(log.slice(0, length)), context)], String(length)).toThrow(
        /^The body is cut off: its last line has no end and is not JSON, the text ends/,
      );
    }
    for (const whole of [log, `${log}\n`, log.slice(0, first), `${log.slice(0, first)}\n \t`])
      expect(ingest(bytes(whole)).length).toBeGreaterThan(0);
  });
});

describe("a record beyond the limit", () => {
  it("is not looked through: what may hold secrets is masked at once", () => {
    const data = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`key-${n}`, "aHVudGVyMiE="]));
    const large = { ...event, requestObject: { kind: "Secret", data } };
    const started = processorMs();
    const records = [...kubernetesAudit.split(bytes(JSON.stringify({ items: [large, event] })), context)];
    expect(processorMs() - started).toBeLessThan(10_000);
    expect(records.map((record) => ("rejected" in record ? record.rejected : record.id))).toEqual([
      "the record is larger than 4194304 bytes",
      "a1/ResponseComplete",
    ]);
    expect(text(records[0]?.raw ?? new Uint8Array())).toMatch(/"requestObject"\[masked\]$/);
  });
});

describe("secrets", () => {
  it("are in no byte that is stored, and every other byte is", () => {
    const body = (secret: string, encoded: string, escaped: string) =>
      `{"kind":"EventList","items":[{"level":"RequestResponse","auditID":"s","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/d/secrets","verb":"create","user":{"username":"ann"},"objectRef":{"resource":"secrets","namespace":"d"},"responseStatus":{"metadata":{},"code":201},"requestObject":{"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\\"kind\\":\\"Secret\\",\\"stringData\\":{\\"p\\":\\"${escaped}\\"}}"}},"data":{"p":"${encoded}"},"stringData":{"p":"${secret}"}},"responseObject":{"data":{"p":"${encoded}"},"kind":"Secret"},"requestReceivedTimestamp":"2026-11-21T09:00:00.000000Z"}]}`;
    const [record] = ingest(bytes(body("hunter2!", "aHVudGVyMiE=", "hunter2!")));
    const masked = body("[masked]", "[masked]", "[masked]");
    expect(`{"kind":"EventList","items":[${text(record?.raw ?? new Uint8Array())}]}`).toBe(masked);
    expect(JSON.stringify(record?.rows)).not.toMatch(/hunter2|aHVudGVy/);
  });
});
