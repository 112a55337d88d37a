import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { listLogs } from "./list.ts";
import type { Scope } from "./sql.ts";

const rows = 20_000;
const shared = 500;

let installation: TestInstallation;
let auditor: TestUser;
let scope: Scope;
beforeAll(async () => {
  installation = await testInstallation();
  const { organizationId } = installation;
  auditor = await installation.addUser("auditor");
  scope = { organizationId, shared: { userId: auditor.id, by: "connection_id" } };
  const source = await testSource(organizationId, "native");
  await pool().query("SELECT ensure_partition('commands', '2026-11-01')");
  // Sessions of four commands each; the oldest are shared.
  await pool().query(
    `INSERT INTO commands (organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw,
       user_name, target, command, connection_id, outcome, origin)
     SELECT $1, timestamptz '2026-11-02 00:00:00Z' + n * interval '1 minute', gen_random_uuid(), now(), $2, 'r' || n, '\\x00', '\\x00',
       'ann', 'web-1', 'uptime', md5('session ' || n / 4)::uuid, 'accepted', 'reported'
     FROM generate_series(0, $3::int - 1) AS n`,
    [organizationId, source.id, rows],
  );
  await pool().query(
    `INSERT INTO session_shares (id, organization_id, connection_id, user_id, reason, until, created_by)
     SELECT gen_random_uuid(), $1, md5('session ' || n)::uuid, $2, 'x', current_date + 9, 'x' FROM generate_series(0, $3::int - 1) AS n`,
    [organizationId, auditor.id, shared],
  );
  const owner = new pg.Client({ connectionString: installation.ownerUrl });
  await owner.connect();
  await owner.query("ANALYZE commands, session_shares");
  await owner.end();
});
afterAll(() => installation.remove());

type Node = {
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Node[];
};

/** The most rows that a step of a statement looks at. */
function looksAt(node: Node): number {
  const own = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  return Math.max(own, ...(node.Plans ?? []).map(looksAt));
}

it("a page of old sessions that are shared looks at no rows of others", async () => {
  const query = vi.spyOn(pool(), "query");
  const page = await listLogs("commands", scope, { conditions: [], time: {}, order: "desc", limit: 50 });
  const statements = query.mock.calls.map(([sql]) => sql as unknown as Prisma.Sql);
  query.mockRestore();
  expect(page.rows).toHaveLength(50);
  const most: number[] = [];
  for (const { text, values } of statements.filter((one) => one.text.includes("session_shares"))) {
    const explained = await pool().query<{ "QUERY PLAN": [{ Plan: Node }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    );
    most.push(...explained.rows.map((row) => looksAt(row["QUERY PLAN"][0].Plan)));
  }
  expect(most).toHaveLength(1);
  expect(Math.max(...most)).toBeLessThanOrEqual(shared * 4);
});
