import { createHash } from "node:crypto";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { parseQuery } from "@/lib/logs/query.ts";
import { exportLog } from "@/lib/logs/server/export-log.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { checkFile, importFile } from "./import-file.ts";
import { asFile, cellsOf, csv, rowsIn, superuserOf } from "./test-files.ts";

let installation: TestInstallation;
let here: Principal;
let there: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  here = await superuserOf(installation, installation.organizationId);
  there = await superuserOf(installation, installation.otherOrganizationId);
});
afterAll(() => installation.remove());

/** What the Audit Log's page downloads. */
async function download(principal: Principal, search: string): Promise<Buffer> {
  const { query } = parseQuery(auditLog, new URLSearchParams(search));
  if (!query) throw new Error(search);
  const scope = { organizationId: principal.organizationId };
  const answer = await exportLog(principal, { slug: "audit-log", scope, query, format: "csv" }, undefined);
  return Buffer.from(await answer.arrayBuffer());
}

const nasty = [
  "=1+1",
  "'=1",
  "''",
  "'",
  "-1",
  "@x",
  '"',
  'say "hi", twice',
  "a\r\nb",
  "\n",
  "\r",
  "\uFEFF=1",
  "𝄞 é",
  "\\.",
  "\\N",
  "",
  " x ",
  "NULL",
  "＝1",
];

describe("what is downloaded, imported elsewhere and downloaded again", () => {
  beforeAll(async () => {
    const native = await testSource(installation.organizationId, "native");
    const base = { log: "audit-log", workflowType: "epbpolicy:update", initiatorType: "external-system" };
    const events = nasty.flatMap((text, n) =>
      ["epbpolicy:updating", "epbpolicy:updated"].map((eventType, step) => ({
        ...base,
        id: `${n} ${step}`,
        // Many share a time, and what they are called says nothing of the order they came in.
        eventId: createHash("md5")
          .update(`${n} ${step}`)
          .digest("hex")
          .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5"),
        time: `2026-11-0${1 + (n % 3)}T10:00:00.${String(n % 5).padStart(6, "0")}Z`,
        ...(n % 2 === 0 && { tenantId: "0193A4C2-8f3a-7c10-8a51-5be0a0d3c903" }),
        workflowId: `0193a4c2-8f3a-7c10-8a51-${String(n).padStart(12, "0")}`,
        eventType,
        eventDescription: text,
        initiator: text === "" ? "K1" : text,
        ...(n % 3 === 0 && { initiatorId: text || "x" }),
        ...(n % 4 !== 0 && { target: text, targetId: text || "x" }),
        operationStatus: step === 0 ? "inProgress" : "success",
        ...(n % 3 !== 1 && { customValues: { [text]: [1.5, 1e21, null, text], modifiedFields: [text] } }),
        ...(step === 1 && { originalState: text, updatedState: [{ b: 1, a: text }] }),
      })),
    );
    expect(await native.post(lines(events))).toMatchObject({ accepted: events.length, quarantined: 0 });
    for (const name of ["=ops", "dev"])
      await runWorkflow(
        {
          actor: { organizationId: here.organizationId, initiator: "ann", initiatorType: "tenant-user" },
          workflowType: "scope:create",
          target: { name, id: crypto.randomUUID() },
        },
        async () => {},
      );
  });

  it.each([
    ["Policy Management", "asc", nasty.length * 2],
    ["Policy Management", "desc", nasty.length * 2],
    ["Group Management", "asc", 4],
  ])("is the same file, byte for byte: %s, %s", async (category, order, rows) => {
    const search = new URLSearchParams({ category, order }).toString();
    const file = await download(here, search);
    const before = await rowsIn(there, category);
    const outcome = await importFile(there, asFile(file, `${category}.csv`, 77));
    const sha256 = createHash("sha256").update(file).digest("hex");
    const added = before === 0 ? rows : 0;
    expect(outcome).toEqual({
      rows,
      added,
      known: rows - added,
      bytes: file.length,
      sha256,
      faults: [],
      complete: true,
    });
    expect((await download(there, search)).toString("utf8")).toBe(file.toString("utf8"));
    expect((await download(there, search)).equals(file)).toBe(true);
  });

  it("adds nothing where it comes from", async () => {
    const file = await download(here, "order=asc&category=Policy+Management");
    const before = await rowsIn(here, "Policy Management");
    expect(await checkFile(here, asFile(file))).toMatchObject({
      rows: before,
      added: 0,
      known: before,
      faults: [],
    });
    expect(await importFile(here, asFile(file))).toMatchObject({ rows: before, added: 0, known: before });
    expect(await rowsIn(here, "Policy Management")).toBe(before);
  });

  it("keeps JSON as it is written, and so does the next download", async () => {
    const CustomValues = '{"b": 1.0,  "a": 1e2, "a": "\\u00e9", "n": 12345678901234567890}';
    const file = csv([
      cellsOf({
        Timestamp: "2025-01-01T00:00:00.000000Z",
        CustomValues,
        OriginalState: "null",
        UpdatedState: "-1",
      }),
    ]);
    await importFile(there, asFile(file));
    const again = await download(there, "from=2025-01-01&to=2025-01-01&category=Policy+Management");
    const wanted = file.toString("utf8").replace(",-1\n", ",'-1\n");
    expect(Papa.parse(again.toString("utf8")).data).toEqual(Papa.parse(wanted).data);
    expect(await importFile(there, asFile(again))).toMatchObject({ added: 0, known: 1 });
  });
});
