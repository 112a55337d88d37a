import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { beginWorkflow, closeOrphans, runWorkflow, type WorkflowFacts } from "./record.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const scopes = { scopes: ["logs:read"], expiresInDays: 90, prefix: "dbk_abc" };

const facts = (name: string): WorkflowFacts => ({
  actor: {
    organizationId: installation.organizationId,
    initiator: "ann@example.org",
    initiatorType: "tenant-user",
    initiatorId: "ann",
  },
  workflowType: "apiToken:creation",
  target: { name, id: `${name}-id` },
  custom: scopes,
  original: { scopes: [] },
});

type Row = {
  workflow: string;
  event: string;
  status: string;
  description: string;
  custom: unknown;
  updated: unknown;
};

async function rowsOf(target: string): Promise<Row[]> {
  const found = await pool().query<Row>(
    `SELECT workflow_id AS workflow, event_type AS event, operation_status AS status, event_description AS description,
            custom_values AS custom, updated_state AS updated
     FROM audit_events WHERE target = $1 ORDER BY time`,
    [target],
  );
  return found.rows;
}

const addSpace = (name: string) => `INSERT INTO spaces (id, organization_id, name)
  VALUES (gen_random_uuid(), '${installation.organizationId}', '${name}')`;
const spaces = async (name: string) =>
  (await pool().query("SELECT 1 FROM spaces WHERE name = $1", [name])).rowCount;

describe("a workflow", () => {
  it("that has a step under way writes it with the change, and says at each step how far it is", async () => {
    const user = (name: string): WorkflowFacts => ({
      ...facts(name),
      workflowType: "user:deletion",
      custom: { username: name, deletedBy: "ann@example.org" },
    });
    await runWorkflow(user("four"), async () => {});
    const refused = runWorkflow(user("two"), async () => {
      throw new Problem(409, "is the last superuser");
    });
    await expect(refused).rejects.toThrow("is the last superuser");
    const steps = async (name: string) => (await rowsOf(name)).map(({ event, custom }) => [event, custom]);
    expect(await steps("four")).toEqual([
      [
        "user:deletion-attempting",
        { username: "four", deletedBy: "ann@example.org", deletionStatus: "attempting" },
      ],
      ["user:deleting", { username: "four", deletedBy: "ann@example.org", deletionStatus: "deleting" }],
      ["user:deleted", { username: "four", deletedBy: "ann@example.org", deletionStatus: "deleted" }],
    ]);
    expect(await steps("two")).toEqual([
      [
        "user:deletion-attempting",
        { username: "two", deletedBy: "ann@example.org", deletionStatus: "attempting" },
      ],
      [
        "user:deletion-failed",
        {
          username: "two",
          deletedBy: "ann@example.org",
          deletionStatus: "failed",
          reason: "is the last superuser",
        },
      ],
    ]);
  });

  it("commits attempting before the work begins, and done with the work", async () => {
    let during: Row[] = [];
    const result = await runWorkflow(
      { ...facts("plain"), updated: (space: string) => ({ space }) },
      async (client) => {
        await client.query(addSpace("plain"));
        during = await rowsOf("plain");
        return "made";
      },
    );
    expect(result).toBe("made");
    expect(during.map((row) => row.event)).toEqual(["apiToken:creating"]);
    const rows = await rowsOf("plain");
    expect(rows.map(({ event, status }) => [event, status])).toEqual([
      ["apiToken:creating", "inProgress"],
      ["apiToken:created", "success"],
    ]);
    expect(new Set(rows.map((row) => row.workflow)).size).toBe(1);
    expect(rows[1]).toMatchObject({ description: "Created API token plain", updated: { space: "made" } });
    expect(await spaces("plain")).toBe(1);
  });

  it("fills the columns of the audit log", async () => {
    await runWorkflow({ ...facts("columns"), updated: scopes }, async () => undefined);
    const rows = await pool().query(
      `SELECT event_id = id::text AS "ownId", tenant_id AS tenant, category, workflow_type AS type, initiator,
              initiator_type, initiator_id, target_type, target_id, original_state AS original, custom_values AS custom
       FROM audit_events WHERE target = 'columns' AND operation_status = 'success'`,
    );
    expect(rows.rows).toEqual([
      {
        ownId: true,
        tenant: installation.organizationId,
        category: "Access & Tokens",
        type: "apiToken:creation",
        initiator: "ann@example.org",
        initiator_type: "tenant-user",
        initiator_id: "ann",
        target_type: "apiToken",
        target_id: "columns-id",
        original: { scopes: [] },
        custom: scopes,
      },
    ]);
  });

  it("writes failed after the rollback, and throws what the work threw", async () => {
    const failure = new Problem(409, "There is one already.");
    const work = runWorkflow(facts("conflict"), async (client) => {
      await client.query(addSpace("conflict"));
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await spaces("conflict")).toBe(0);
    const rows = await rowsOf("conflict");
    expect(rows.map(({ event, status }) => [event, status])).toEqual([
      ["apiToken:creating", "inProgress"],
      ["apiToken:creation-failed", "failure"],
    ]);
    expect(rows[1]).toMatchObject({ custom: { reason: "There is one already." } });
  });

  it("keeps the text of a database error out of the record", async () => {
    await expect(
      runWorkflow(facts("syntax"), (client) => client.query("SELECT secret_column")),
    ).rejects.toThrow();
    expect((await rowsOf("syntax"))[1]).toMatchObject({ custom: { reason: "unexpected error" } });
  });

  it("fails with its change when done cannot be written", async () => {
    const work = runWorkflow({ ...facts("unwritable"), updated: () => ({}) }, async (client) => {
      await client.query(addSpace("unwritable"));
      // From here on this transaction may write nothing, its done included.
      await client.query("SET TRANSACTION READ ONLY");
    });
    await expect(work).rejects.toThrow("read-only");
    expect(await spaces("unwritable")).toBe(0);
    expect((await rowsOf("unwritable")).map((row) => row.status)).toEqual(["inProgress", "failure"]);
  });

  it("does not begin when attempting cannot be written", async () => {
    const nowhere = {
      ...facts("nowhere"),
      actor: { ...facts("nowhere").actor, organizationId: crypto.randomUUID() },
    };
    let begun = false;
    await expect(
      runWorkflow(nowhere, async () => {
        begun = true;
      }),
    ).rejects.toThrow("no source of kind daybook");
    expect(begun).toBe(false);
  });
});

describe("orphans", () => {
  it("are closed as failed, interrupted, once", async () => {
    await beginWorkflow(facts("orphan"));
    const closed = await Promise.all([closeOrphans(), closeOrphans()]);
    expect(closed.toSorted()).toEqual([0, 1]);
    expect(await closeOrphans()).toBe(0);
    const rows = await rowsOf("orphan");
    expect(rows.map((row) => row.status)).toEqual(["inProgress", "failure"]);
    expect(rows[1]).toMatchObject({ custom: { reason: "interrupted" }, workflow: rows[0]?.workflow });
  });

  it("cannot be done afterwards: the change of a server that was only slow is rolled back", async () => {
    const slow = await beginWorkflow(facts("slow"));
    await closeOrphans();
    const late = inTransaction(async (client) => {
      await client.query(addSpace("slow"));
      await slow.done(client);
    });
    await expect(late).rejects.toThrow("has ended already");
    await slow.failed(new Error("late"));
    expect(await spaces("slow")).toBe(0);
    expect((await rowsOf("slow")).map((row) => row.status)).toEqual(["inProgress", "failure"]);
  });

  it("leave nothing behind that the application could rewrite", async () => {
    await runWorkflow({ ...facts("kept"), updated: scopes }, async () => undefined);
    for (const statement of [
      "UPDATE audit_events SET target = 'other'",
      "DELETE FROM audit_events",
      "TRUNCATE audit_events",
    ]) {
      await expect(pool().query(statement)).rejects.toMatchObject({ code: "42501" });
    }
    const owner = new pg.Client({ connectionString: installation.ownerUrl });
    await owner.connect();
    expect((await owner.query("SELECT 1 FROM audit_events WHERE target = 'kept'")).rowCount).toBe(2);
    await owner.end();
  });
});
