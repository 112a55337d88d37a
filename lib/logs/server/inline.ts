import "server-only";
import pg from "pg";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

/**
 * A statement with its values written into it, for COPY takes no parameters. The one place where values
 * become SQL text: strings through the driver's literal escaper, numbers as decimals, nothing else.
 * @throws when a value is of another type, or holds NUL: the statement would end there
 */
export function inlineSql(sql: Prisma.Sql): string {
  return sql.strings.reduce((text, part, index) => text + literal(sql.values[index - 1]) + part);
}

function literal(value: unknown): string {
  if (typeof value === "string" && value.includes("\0")) throw new Error("NUL cannot stand in a statement");
  if (typeof value === "string") return pg.escapeLiteral(value);
  // Two minuses in a row would begin a comment.
  if (typeof value === "number" && Number.isFinite(value)) return value < 0 ? `(${value})` : String(value);
  throw new Error(`A ${typeof value} cannot stand in a COPY statement`);
}
