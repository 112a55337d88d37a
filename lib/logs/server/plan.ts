import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogView } from "../define.ts";
import type { Condition } from "../query.ts";
import { conditionSql, foundScopeSql, type Scope, stagesSql, withinSql } from "./sql.ts";

/** How the rows of a query are found. */
export type Plan = {
  /** Conditions that an index serves in the order of time; the range of time is none of them. */
  driving: Prisma.Sql[];
  /** Conditions that each row must be looked at for. */
  residual: Prisma.Sql[];
  stages: Prisma.Sql[];
  /** A substring of three or more characters on the column with a trigram index. */
  trigrams: boolean;
};

export function planOf(view: LogView, scope: Scope, conditions: readonly Condition[]): Plan {
  const driving = [foundScopeSql(scope)];
  const residual: Prisma.Sql[] = scope.within ? [withinSql(scope.within)] : [];
  let indexUsed = scope.users !== undefined || scope.shared !== undefined;
  for (const condition of conditions) {
    const sql = conditionSql(view, condition);
    if (!indexUsed && isIndexed(view, condition)) {
      indexUsed = true;
      driving.push(sql);
    } else residual.push(sql);
  }
  return {
    driving,
    residual,
    stages: stagesSql(view),
    trigrams: conditions.some((condition) => hasTrigrams(view, condition)),
  };
}

function isIndexed(view: LogView, { filter, operator, not, values }: Condition): boolean {
  const definition = view.filters[filter];
  if (!definition || definition.kind === "text" || operator !== "is" || not || values.length !== 1)
    return false;
  return view.indexed.includes(definition.column);
}

function hasTrigrams(view: LogView, { filter, not, values }: Condition): boolean {
  const definition = view.filters[filter];
  if (definition?.kind !== "text" || not || view.trigrams === undefined) return false;
  return (
    definition.columns.every((column) => column === view.trigrams) &&
    values.every((value) => [...value].length > 2)
  );
}
