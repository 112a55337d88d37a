import type { ClientBase } from "pg";

type Found = { name: string; definition: string; conname: string | null; constraint: string | null };

/**
 * Drops the indexes of a table and says how to make them again as they were: whatever the migrations made of
 * them, building them after the rows is several times faster than keeping them.
 * @param keepPrimary leaves the primary key where it is
 * @returns the statements that bring them back
 */
export async function dropIndexes(client: ClientBase, table: string, keepPrimary = false): Promise<string[]> {
  const found = await client.query<Found>(
    `SELECT quote_ident(c.relname) AS name, pg_get_indexdef(i.indexrelid) AS definition, quote_ident(k.conname) AS conname,
       pg_get_constraintdef(k.oid) AS constraint
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'p'
     WHERE i.indrelid = $1::regclass ORDER BY i.indisprimary DESC, c.relname`,
    [`public.${table}`],
  );
  const again: string[] = [];
  for (const { name, definition, conname, constraint } of found.rows) {
    if (constraint === null) {
      await client.query(`DROP INDEX public.${name}`);
      // Of a partitioned table's index the definition says ONLY, which would leave the partitions out.
      again.push(definition.replace(" ON ONLY ", " ON "));
    } else if (!keepPrimary) {
      await client.query(`ALTER TABLE public.${table} DROP CONSTRAINT ${conname}`);
      again.push(`ALTER TABLE public.${table} ADD CONSTRAINT ${conname} ${constraint}`);
    }
  }
  return again;
}
