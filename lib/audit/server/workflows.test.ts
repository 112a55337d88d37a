import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { formatCursor, parseCursor, parseQuery } from "@/lib/logs/query.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import type { WorkflowLine, WorkflowPage } from "../workflow.ts";
import { insertEvents, type TestEvent } from "./test-events.ts";
import { listWorkflows } from "./workflows.ts";

let installation: TestInstallation;
let sourceId: string;
beforeAll(async () => {
  installation = await testInstallation();
  sourceId = (await testSource(installation.organizationId, "native")).id;
});
afterAll(() => installation.remove());

const range = "from=2026-04-01&to=2026-04-30";

function list(search: string): Promise<WorkflowPage> {
  const parsed = parseQuery(auditLog, new URLSearchParams(`${range}&${search}`));
  if (!parsed.query) throw new Error(JSON.stringify(parsed.errors));
  return listWorkflows({ organizationId: installation.organizationId }, parsed.query);
}

const ids = ({ rows }: WorkflowPage): string[] => rows.map(({ workflowId }) => workflowId);

/** Three steps, a millisecond apart. */
function steps(workflowId: string, minute: number, end: "success" | "failure"): TestEvent[] {
  const at = (ms: number) => `2026-04-10T10:${String(minute).padStart(2, "0")}:00.00${ms}000Z`;
  return [
    { workflowId, time: at(0), eventType: "user:creation-attempting", status: "inProgress", target: null },
    { workflowId, time: at(1), eventType: "user:creating", status: "inProgress" },
    {
      workflowId,
      time: at(2),
      eventType: end === "success" ? "user:created" : "user:creation-failed",
      status: end,
      description: `It was a ${end}`,
    },
  ];
}

describe("workflows", () => {
  beforeAll(async () => {
    const made = Array.from({ length: 7 }, (_, n) => steps(`w${n}`, n, n === 3 ? "failure" : "success"));
    // Two that overlap: the one begun later ends first.
    await insertEvents(installation.organizationId, sourceId, [
      ...made.flat(),
      { workflowId: "long", time: "2026-04-10T09:00:00.000000Z", status: "inProgress", initiator: "eve" },
      { workflowId: "long", time: "2026-04-12T09:00:00.000001Z", status: "warning" },
    ]);
  });

  it("are listed once each, by their first step, newest or oldest first", async () => {
    const newest = ["w6", "w5", "w4", "w3", "w2", "w1", "w0", "long"];
    expect(ids(await list(""))).toEqual(newest);
    expect(ids(await list("order=asc"))).toEqual(newest.toReversed());
  });

  it("tell who, on whom, how it ended, how long it took and in how many steps", async () => {
    const [line] = (await list("workflow=w3")).rows;
    expect(line).toMatchObject({
      workflowType: "user:creation",
      initiator: "ann@example.org",
      target: "bob@example.org",
      operationStatus: "failure",
      lastEventType: "user:creation-failed",
      lastDescription: "It was a failure",
      started: "2026-04-10T10:03:00.000000Z",
      ended: "2026-04-10T10:03:00.002000Z",
      durationUs: 2000,
      steps: 3,
    } satisfies Partial<WorkflowLine>);
    const [long] = (await list("workflow=long")).rows;
    expect(long?.durationUs).toBe(2 * 86_400_000_000 + 1);
  });

  it("match by any step, and are told whole", async () => {
    expect(ids(await list("operationStatus=failure"))).toEqual(["w3"]);
    expect((await list("operationStatus=failure")).rows[0]?.steps).toBe(3);
    expect(ids(await list("initiator=eve"))).toEqual(["long"]);
    expect(ids(await list("eventType=user:creating&limit=3"))).toEqual(["w6", "w5", "w4"]);
    const later = parseQuery(auditLog, new URLSearchParams("from=2026-04-12&to=2026-04-12"));
    if (!later.query) throw new Error("no query");
    const page = await listWorkflows({ organizationId: installation.organizationId }, later.query);
    expect(page.rows).toMatchObject([{ workflowId: "long", started: "2026-04-10T09:00:00.000000Z" }]);
  });

  it("come page after page, none twice and none left out, in both orders", async () => {
    for (const order of ["asc", "desc"]) {
      const seen: string[] = [];
      let after: string | null = "";
      while (after !== null) {
        const page: WorkflowPage = await list(
          `order=${order}&limit=3${after === "" ? "" : `&after=${after}`}`,
        );
        seen.push(...ids(page));
        after = page.nextCursor;
        if (after !== null) expect(formatCursor(parseCursor(after) ?? { time: "", id: "" })).toBe(after);
      }
      expect(seen.toSorted()).toEqual(["long", "w0", "w1", "w2", "w3", "w4", "w5", "w6"]);
    }
  });

  it("do not move when they go on", async () => {
    const first = await list("limit=4");
    await insertEvents(installation.organizationId, sourceId, [
      { workflowId: "w2", time: "2026-04-20T00:00:00.000000Z", eventType: "user:noted" },
    ]);
    expect(ids(await list(`limit=4&after=${first.nextCursor}`))).toEqual(["w2", "w1", "w0", "long"]);
    expect(ids(await list("limit=4"))).toEqual(ids(first));
  });

  it("of many steps are counted no further than a page can bear", async () => {
    const many = Array.from({ length: 1100 }, (_, n) => ({
      workflowId: "many",
      time: `2026-04-25T00:00:00.${String(n).padStart(6, "0")}Z`,
    }));
    await insertEvents(installation.organizationId, sourceId, many);
    const page = await list("workflow=many");
    expect(page.rows).toMatchObject([{ steps: 1001 }]);
  });
});
