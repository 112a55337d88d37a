import { noFilters, readSchema, withSchemaEngine } from "./schema-engine.ts";

// Prints the SQL that makes an empty database into prisma/schema.prisma: what a first migration starts from.
const folder = process.argv[2];
const result = await withSchemaEngine(
  null,
  (engine) =>
    engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: readSchema(folder) },
      script: true,
      exitCode: null,
      filters: noFilters,
    }),
  folder,
);
process.stdout.write(result.stdout ?? "");
