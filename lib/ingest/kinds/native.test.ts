import { describe, expect, it } from "vitest";
import type { MapContext, Mapped } from "@/lib/ingest/define.ts";
import { native } from "@/lib/ingest/kinds/native.ts";
import { processorMs } from "@/lib/test-time.ts";

const context: MapContext = {
  sourceName: "ci",
  receivedAt: "2026-11-21T10:00:00.000000Z",
  settings: {},
  mask: () => "[masked]",
};

const body = (...lines: (object | string)[]) =>
  new TextEncoder().encode(
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );

function ingest(bytes: Uint8Array): ({ id: string | undefined; raw: string } & Mapped)[] {
  return [...native.split(bytes, context)].map((record) => ({
    id: record.id,
    raw: new TextDecoder().decode(record.raw),
    ...("rejected" in record ? { rejected: record.rejected } : native.map(record, context)),
  }));
}

function reasonOf(line: object | string): string {
  const [result] = ingest(body(line, ""));
  return result && "rejected" in result ? result.rejected : "accepted";
}

const command = {
  log: "commands",
  time: "2026-11-21T08:45:32.506784Z",
  user: "ann",
  target: "web-1",
  command: "ls",
};

describe("native", () => {
  it("maps a line of each log", () => {
    const results = ingest(
      body(
        { ...command, id: "c1", exitCode: 7, connectionRef: "s1" },
        {
          log: "connection-events",
          time: "2026-11-21T08:45:30Z",
          user: "ann",
          connectionRef: "s1",
          event: "open",
          target: "web-1",
          kind: "ssh",
          clientPort: 50022,
        },
        {
          log: "user-events",
          time: "2026-11-21T08:45:30Z",
          user: "bot",
          actorType: "api-key",
          action: "list",
          resource: "/x",
          outcome: "denied",
          status: 403,
        },
        {
          log: "audit-log",
          time: "2026-11-21T08:45:30Z",
          workflowId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c901",
          workflowType: "epbreport:upsert",
          eventType: "epbreport:upserted",
          initiator: "ann",
          initiatorType: "tenant-user",
          operationStatus: "success",
          customValues: { a: [1, null] },
        },
      ),
    );
    expect(results.map((result) => ("rows" in result ? result.rows : result))).toEqual([
      [
        {
          log: "commands",
          row: {
            time: command.time,
            user: "ann",
            target: "web-1",
            command: "ls",
            outcome: "accepted",
            exitCode: 7,
            origin: "reported",
            connectionRef: "s1",
          },
        },
      ],
      [
        {
          log: "connection-events",
          row: {
            time: "2026-11-21T08:45:30Z",
            user: "ann",
            connectionRef: "s1",
            event: "open",
            outcome: "allowed",
            target: "web-1",
            kind: "ssh",
            clientPort: 50022,
          },
        },
      ],
      [
        {
          log: "user-events",
          row: {
            time: "2026-11-21T08:45:30Z",
            user: "bot",
            actorType: "api-key",
            action: "list",
            resource: "/x",
            outcome: "denied",
            status: 403,
            count: 1,
          },
        },
      ],
      [
        {
          log: "audit-log",
          row: {
            time: "2026-11-21T08:45:30Z",
            workflowId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c901",
            category: "Reporting",
            workflowType: "epbreport:upsert",
            eventType: "epbreport:upserted",
            eventDescription: "",
            initiator: "ann",
            initiatorType: "tenant-user",
            targetType: "epbReport",
            operationStatus: "success",
            customValues: { a: [1, null] },
          },
        },
      ],
    ]);
    expect(results.map(({ id }) => id)).toEqual(["c1", undefined, undefined, undefined]);
  });

  it("gives an audit event the UUID of its record as Id, unless it says another", () => {
    const event = {
      log: "audit-log",
      id: "5F0C1D9E-6a43-4f0a-9b0e-0d1f6c3b7a21",
      time: "2026-11-21T08:45:30Z",
      workflowId: "b7a0f4ce-3c1d-4a57-8f2e-9d6f2c0f5e10",
      workflowType: "epbasset:delete",
      eventType: "epbasset:deleted",
      initiator: "backup",
      initiatorType: "system",
      operationStatus: "success",
    };
    const other = "0193a4c2-8f3a-7c10-8a51-0000000000b1";
    const results = ingest(body(event, { ...event, eventId: other }, { ...event, id: "run-7" }));
    const ids = results.map((result) => "rows" in result && result.rows[0]?.row);
    expect(ids).toMatchObject([
      { eventId: event.id },
      { eventId: other },
      { workflowType: "epbasset:delete" },
    ]);
    expect(ids[2]).not.toHaveProperty("eventId");
  });

  it("completes an API call and lets it say otherwise", () => {
    const call = {
      log: "kubernetes-api-calls",
      id: "a1",
      time: "2026-11-21T08:45:30Z",
      user: "ann",
      verb: "list",
      requestUri: "/api/v1/pods",
      userAgent: "kubectl/v1.36.4 (linux/amd64)",
    };
    const [first] = ingest(body(call));
    expect(first && "rows" in first && first.rows[0]?.row).toEqual({
      time: call.time,
      auditId: "a1",
      stage: "ResponseComplete",
      user: "ann",
      cluster: "ci",
      verb: "list",
      accessMethod: "kubectl CLI",
      requestUri: "/api/v1/pods",
      userAgent: call.userAgent,
    });
    const [second] = ingest(body({ ...call, stage: "Panic", cluster: "prod", auditId: "other" }));
    expect(second && "rows" in second && second.rows[0]?.row).toMatchObject({
      stage: "Panic",
      cluster: "prod",
      auditId: "other",
    });
    const { id: _id, ...anonymous } = call;
    expect(reasonOf(anonymous)).toBe("auditId: missing");
  });

  it("rejects a bad line with its field and reason, and only that line", () => {
    const bytes = body(
      { ...command, id: "1" },
      "",
      "   ",
      '{"log":"commands","id":"2","time',
      { ...command, id: "3" },
      `${JSON.stringify(command).slice(0, -4)}`,
      "",
    );
    const results = ingest(bytes);
    expect(
      results.map((result) => ("rows" in result ? result.id : "rejected" in result && result.rejected)),
    ).toEqual([
      "1",
      "not a line of JSON: the text ends inside a string at byte 32",
      "3",
      expect.stringMatching(/^not a line of JSON: the text ends/),
    ]);
    expect(results[1]?.raw).toBe('{"log":"commands","id":"2","time');
  });

  it("refuses a body that is cut off within its last line, wherever that is", () => {
    const line = JSON.stringify({ ...command, command: "printf ü", exitCode: 10 });
    const whole = new TextEncoder().encode(`${line}\n${line}`);
    const first = new TextEncoder().encode(line).length + 1;
    expect(ingest(whole)).toHaveLength(2);
    expect(ingest(whole.subarray(0, first))).toHaveLength(1);
    for (let length = first + 1; length < whole.length; length++) {
      expect(() => ingest(whole.subarray(0, length)), String(length)).toThrow(
        /^The body is cut off: its last/,
      );
    }
    const deep = `{"a":${"[".repeat(70)}${"]".repeat(70)}}`;
    expect(ingest(body(deep))).toMatchObject([{ rejected: expect.stringContaining("nested deeper") }]);
  });

  it.each([
    [{ ...command, extra: 1 }, "extra: unknown field"],
    [{ ...command, user: undefined }, "user: missing"],
    [{ ...command, user: "" }, "user: Too small: expected string to have >=1 characters"],
    [
      { ...command, time: "2026-02-31T00:00:00Z" },
      "time: must be a UTC time such as 2026-11-21T08:45:32.506784Z",
    ],
    [
      { ...command, time: "2026-11-21T08:45:32.5067841Z" },
      "time: must be a UTC time such as 2026-11-21T08:45:32.506784Z",
    ],
    [{ ...command, exitCode: "7" }, "exitCode: Invalid input: expected number, received string"],
    [{ ...command, connectionId: "s1" }, "connectionId: unknown field"],
    [{ ...command, id: 5 }, "id: must be a text that is not empty"],
    [
      { ...command, log: "audit" },
      "log: must be one of commands, kubernetes-api-calls, connection-events, session-requests, user-events, audit-log",
    ],
    [
      { ...command, log: "__proto__" },
      "log: must be one of commands, kubernetes-api-calls, connection-events, session-requests, user-events, audit-log",
    ],
    ["[1]", "the line is no JSON object"],
    ["null", "the line is no JSON object"],
    [`${JSON.stringify(command).slice(0, -1)},"us\\u0065r":"root"}`, "user: given twice"],
    [`${JSON.stringify(command).slice(0, -1)},"__proto__":{"user":"root"}}`, "__proto__: unknown field"],
    [
      `{"log":"commands","x":${"[".repeat(70)}`,
      "not a line of JSON: nested deeper than 64 levels at byte 85",
    ],
  ])("refuses %j", (line, reason) => {
    expect(reasonOf(line)).toBe(reason);
  });

  it("takes odd texts as they are", () => {
    const [result] = ingest(
      body(
        `{"log":"commands","time":"${command.time}","user":"\\u0000\\ud800","target":"t","command":"=1+1\\n"}`,
      ),
    );
    expect(result && "rows" in result && result.rows[0]?.row).toMatchObject({
      user: "\0\ud800",
      command: "=1+1\n",
    });
  });

  it("refuses what is too long without slowing down", () => {
    const started = processorMs();
    expect(reasonOf({ ...command, user: "x".repeat(5_000_000) })).toContain("user: Too big");
    expect(reasonOf({ ["y".repeat(5_000_000)]: 1, ...command })).toMatch(/^y{200}: unknown field$/);
    expect(processorMs() - started).toBeLessThan(10_000);
  });

  it("reads 500 records in no time", () => {
    const bytes = body(
      ...Array.from({ length: 500 }, (_, i) => ({
        ...command,
        id: `r${i}`,
        connectionRef: `s${i}`,
        clientAddress: "203.0.113.9",
      })),
    );
    for (let warm = 0; warm < 20; warm++) ingest(bytes);
    const started = processorMs();
    expect(ingest(bytes).every((result) => "rows" in result)).toBe(true);
    expect(processorMs() - started).toBeLessThan(500);
  });
});
