import { expect, it, vi } from "vitest";
import type { TestInstallation } from "@/lib/auth/server/test-installation.ts";

/** What a server has loaded, anew: what a module remembers of one database is nothing to another. */
async function load() {
  vi.resetModules();
  const { testInstallation } = await import("@/lib/auth/server/test-installation.ts");
  const { lines, testSource } = await import("@/lib/ingest/server/test-source.ts");
  const { runWorkflow } = await import("@/lib/audit/server/record.ts");
  const { importFile } = await import("./import-file.ts");
  return {
    testInstallation,
    lines,
    testSource,
    runWorkflow,
    importFile,
    ...(await import("./test-files.ts")),
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;

/** Works with a Daybook of its own database, which is gone afterwards. */
async function inDaybook<T>(
  work: (daybook: Loaded, installation: TestInstallation) => Promise<T>,
): Promise<T> {
  const daybook = await load();
  const installation = await daybook.testInstallation();
  try {
    return await work(daybook, installation);
  } finally {
    await installation.remove();
  }
}

const files = ["Policy Management", "Group Management"].flatMap((category) =>
  ["asc", "desc"].map((order) => ({ category, search: new URLSearchParams({ category, order }).toString() })),
);

it("what one Daybook downloads, imported into an empty one, is the same file there", async () => {
  const here = await inDaybook(async (daybook, installation) => {
    const { organizationId } = installation;
    const superuser = await daybook.superuserOf(installation, organizationId);
    const events = daybook.nastyEvents();
    const native = await daybook.testSource(organizationId, "native");
    expect(await native.post(daybook.lines(events))).toMatchObject({ accepted: events.length });
    for (const name of ["=ops", "dev"])
      await daybook.runWorkflow(
        {
          actor: { organizationId, initiator: "ann", initiatorType: "tenant-user" },
          workflowType: "scope:create",
          target: { name, id: crypto.randomUUID() },
        },
        async () => {},
      );
    return await Promise.all(files.map(({ search }) => daybook.download(superuser, search)));
  });
  await inDaybook(async (daybook, installation) => {
    const superuser = await daybook.superuserOf(installation, installation.organizationId);
    for (const [place, { category, search }] of files.entries()) {
      const file = here[place] ?? Buffer.alloc(0);
      const first = search.endsWith("asc");
      expect((await daybook.rowsIn(superuser, category)) === 0).toBe(first);
      const outcome = await daybook.importFile(superuser, daybook.asFile(file, "audit.csv", 777));
      expect(outcome).toMatchObject(
        first ? { added: outcome.rows, known: 0 } : { added: 0, known: outcome.rows },
      );
      expect(outcome.rows).toBeGreaterThan(3);
      const again = await daybook.download(superuser, search);
      expect(again.toString("utf8")).toBe(file.toString("utf8"));
      expect(again.equals(file)).toBe(true);
    }
  });
});
