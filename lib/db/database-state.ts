import type { ClientBase } from "pg";

const rows = [
  "commands",
  "kubernetes_api_calls",
  "connection_events",
  "session_requests",
  "user_events",
  "audit_events",
  "record_receipts",
  "epochs",
  "log_counts",
  "log_count_deltas",
  "_prisma_migrations",
];

/** What of the catalogue says who may do what to which rows. */
const catalogue = {
  tables: `SELECT c.oid, n.nspname, relname, relowner, relacl, relkind, relpersistence, relrowsecurity, relispartition,
    relhasrules, pg_get_expr(relpartbound, c.oid), obj_description(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace`,
  columns: `SELECT attrelid, attnum, attname, atttypid, attacl, attisdropped, pg_get_expr(adbin, adrelid)
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum`,
  triggers: `SELECT t.oid, tgname, tgenabled, tgfoid FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    JOIN pg_namespace n ON n.oid = relnamespace`,
  functions: `SELECT p.oid, proname, proowner, proacl, prosecdef, proconfig, prosrc FROM pg_proc p
    JOIN pg_namespace n ON n.oid = pronamespace`,
  schemas: "SELECT n.oid, nspname, nspowner, nspacl FROM pg_namespace n",
} as const;

/**
 * Digests of every row of the record and of the catalogue around it, by name: two states are equal when
 * nothing was added, changed or removed, and nobody has other rights. For tests; connects as the owner.
 */
export async function databaseState(owner: ClientBase): Promise<{ [part: string]: string }> {
  const parts = rows.map((table) => [table, `SELECT * FROM public.${table}`]);
  for (const [name, sql] of Object.entries(catalogue))
    parts.push([name, `${sql} WHERE nspname IN ('public', 'daybook_parts')`]);
  parts.push(["roles", "SELECT * FROM pg_roles WHERE rolname LIKE 'daybook%'"]);
  parts.push(["members", "SELECT roleid, member FROM pg_auth_members"]);
  const digests = parts.map(
    ([name, sql]) =>
      `SELECT '${name}' AS part, md5(string_agg(t::text, ' ' ORDER BY t::text)) AS digest FROM (${sql}) t`,
  );
  const found = await owner.query<{ part: string; digest: string | null }>(digests.join(" UNION ALL "));
  return Object.fromEntries(found.rows.map(({ part, digest }) => [part, digest ?? "empty"]));
}
