import { noFilters, readSchema, withSchemaEngine } from "./schema-engine.ts";

/**
 * What it would take to make a database into prisma/schema.prisma: nothing, when the migrations that made it
 * and the schema agree. Only the schema `public` is compared; partitions lie in one of their own.
 *
 * @param ownerUrl a database that the migrations made
 * @returns SQL, empty when there is no drift
 */
export async function schemaDrift(ownerUrl: string, prismaFolder?: string): Promise<string> {
  const { stdout } = await withSchemaEngine(
    ownerUrl,
    (engine) =>
      engine.diff({
        from: { tag: "schemaDatasource", files: readSchema(prismaFolder), configDir: "" },
        to: { tag: "schemaDatamodel", files: readSchema(prismaFolder) },
        script: true,
        exitCode: null,
        filters: noFilters,
      }),
    prismaFolder,
  );
  const sql = stdout?.trim() ?? "";
  return sql === "-- This is an empty migration." ? "" : sql;
}
