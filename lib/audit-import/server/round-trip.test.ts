import { createHash } from "node:crypto";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { checkFile, importFile } from "./import-file.ts";
import { asFile, cellsOf, csv, download, nastyEvents, rowsIn, superuserOf } from "./test-files.ts";

let installation: TestInstallation;
let here: Principal;
let there: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  here = await superuserOf(installation, installation.organizationId);
  there = await superuserOf(installation, installation.otherOrganizationId);
});
afterAll(() => installation.remove());

describe("what is downloaded, imported elsewhere and downloaded again", () => {
  beforeAll(async () => {
    const native = await testSource(installation.organizationId, "native");
    const events = nastyEvents();
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
    ["Policy Management", "asc", nastyEvents().length],
    ["Policy Management", "desc", nastyEvents().length],
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
