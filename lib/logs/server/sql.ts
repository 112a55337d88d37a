import "server-only";
import type { Reach } from "@/lib/auth/reach.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { sqlName } from "@/lib/record/columns.ts";
import { sharedConnections } from "@/lib/shares/server/shared.ts";
import type { CellKind, LogView } from "../define.ts";
import type { Filter } from "../filters.ts";
import { type Condition, type Cursor, type LogQuery, parseNumberRange } from "../query.ts";
import { boundsOf } from "../time.ts";

/**
 * Whose rows may be seen: an organization's, and of them only those of some user names where `users` is given,
 * only those of sessions that are shared with a person where `shared` is, and only those of some spaces and targets
 * where `within` is.
 */
export type Scope = {
  organizationId: string;
  users?: readonly string[];
  /** `by`: how a row tells its connection. A Kubernetes command is of the connection that one of its calls is of. */
  shared?: { userId: string; by: "connection_id" | "id" | "command" };
  /** `by`: how a row tells where it happened. */
  within?: { reach: Exclude<Reach, "all">; by: Whereabouts };
};

export type Whereabouts = "space and target" | "cluster";

/** Whether a scope is everything of its organization, so that sums over all of it may be told. */
export function isWhole({ users, shared, within }: Scope): boolean {
  return users === undefined && shared === undefined && within === undefined;
}

/**
 * A name that stands in a definition, as SQL. The only way from text to SQL that is not a bound value: names
 * come from the definitions and the schema, never from outside, and are checked all the same.
 */
export function identifier(name: string): Prisma.Sql {
  if (!/^[a-z_]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no SQL name`);
  return Prisma.raw(`"${name}"`);
}

/** The SQL column of a field of a view. */
export function columnOf(field: string): Prisma.Sql {
  return identifier(sqlName(field));
}

const timeFormat = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';

/** A column as it leaves SQL: times as UTC text with microseconds, JSON as text, 64-bit numbers as doubles. */
export function valueOf(field: string, cell: CellKind): Prisma.Sql {
  const column = Prisma.sql`r.${columnOf(field)}`;
  if (cell === "time")
    return Prisma.sql`to_char(${column} AT TIME ZONE 'UTC', ${Prisma.raw(`'${timeFormat}'`)})`;
  if (cell === "duration" || cell === "replay" || cell === "count" || cell === "code")
    return Prisma.sql`${column}::double precision`;
  if (cell === "json") return Prisma.sql`${column}::text`;
  return column;
}

/** The columns of a row of the API, `id` and `time` always among them, under their field names. */
export function selectList(view: LogView): Prisma.Sql {
  return Prisma.join(
    fieldsOf(view).map(([field, cell]) => Prisma.sql`${valueOf(field, cell)} AS ${alias(field)}`),
  );
}

/** As {@link selectList} with nothing but `id` and `time` in it: an index has them. */
export function placeList(view: LogView): Prisma.Sql {
  return Prisma.join(
    fieldsOf(view).map(([field, cell]) =>
      field === "id" || field === "time" ? valueOf(field, cell) : Prisma.sql`NULL`,
    ),
  );
}

function fieldsOf(view: LogView): [field: string, cell: CellKind][] {
  const fields = { id: "id", time: "time" } as { [field: string]: CellKind };
  for (const [field, column] of Object.entries(view.columns)) fields[field] = column.cell;
  return Object.entries(fields);
}

function alias(field: string): Prisma.Sql {
  if (!/^[A-Za-z]+$/.test(field)) throw new Error(`${JSON.stringify(field)} is no field`);
  return Prisma.raw(`"${field}"`);
}

/**
 * What every statement on a view begins with: the organization, the person's names where only own rows count, the
 * shares of this moment where only they do, and the reach where it is not everything.
 */
export function scopeSql(scope: Scope): Prisma.Sql {
  const found = foundScopeSql(scope);
  return scope.within ? Prisma.sql`${found} AND ${withinSql(scope.within)}` : found;
}

/** The part of {@link scopeSql} that indexes lead to. */
export function foundScopeSql(scope: Scope): Prisma.Sql {
  const { organizationId, shared } = scope;
  const organization = shared
    ? Prisma.sql`r.organization_id = ${organizationId}::uuid AND ${sharedSql(organizationId, shared)}`
    : Prisma.sql`r.organization_id = ${organizationId}::uuid`;
  if (scope.users === undefined) return organization;
  // A list without names is nobody's, never everybody's.
  if (scope.users.length === 0) return Prisma.sql`${organization} AND false`;
  return Prisma.sql`${organization} AND r.user_name IN (${Prisma.join([...scope.users])})`;
}

/**
 * The part of {@link scopeSql} that each row is looked at for. The names are one value each, however many they are,
 * so that the statement stays the same and the database hashes them.
 */
export function withinSql({ reach: { spaces, targets }, by }: NonNullable<Scope["within"]>): Prisma.Sql {
  if (by === "cluster") return Prisma.sql`r.cluster = ANY(${arrayText(targets)}::text[])`;
  return Prisma.sql`(r.target = ANY(${arrayText(targets)}::text[]) OR r.space = ANY(${arrayText(spaces)}::text[]))`;
}

/** Texts as PostgreSQL writes an array of them: exports take no other values than texts and numbers. */
function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

/**
 * As arrays: of IN the planner reckons how many rows there are, and walks all of the time index for a page of them,
 * which takes seconds where the sessions are old. An array is few to it, however many it holds.
 */
function sharedSql(organizationId: string, { userId, by }: NonNullable<Scope["shared"]>): Prisma.Sql {
  const connections = Prisma.sql`ANY (ARRAY(${sharedConnections(organizationId, userId)}))`;
  if (by !== "command") return Prisma.sql`r.${identifier(by)} = ${connections}`;
  return Prisma.sql`r.id = ANY (ARRAY(SELECT k.command_id FROM kubernetes_api_calls k
    WHERE k.organization_id = ${organizationId}::uuid AND k.connection_id = ${connections}))`;
}

/** Rows that no later stage has overtaken. */
export function stagesSql(view: LogView): Prisma.Sql[] {
  if (!view.stages) return [];
  const by = columnOf(view.stages.by);
  const rank = columnOf(view.stages.rank);
  return [
    Prisma.sql`(r.${rank} >= ${view.stages.final} OR NOT EXISTS (
      SELECT FROM ${identifier(view.table)} l WHERE l.organization_id = r.organization_id AND l.time = r.time
        AND l.source_id = r.source_id AND l.${by} = r.${by} AND l.${rank} > r.${rank}))`,
  ];
}

/** The time range of a query, reckoned at `nowMs`: `from` is included, `to` is not. */
export function timeSql(query: Pick<LogQuery, "time">, nowMs: number): Prisma.Sql[] {
  const { from, to } = boundsOf(query.time, nowMs);
  return [
    ...(from === undefined ? [] : [Prisma.sql`r.time >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [Prisma.sql`r.time < ${to}::timestamptz`]),
  ];
}

/** Rows that come after a place, in the order of the query. */
export function afterSql(cursor: Cursor, order: LogQuery["order"]): Prisma.Sql {
  const place = Prisma.sql`(${cursor.time}::timestamptz, ${cursor.id}::uuid)`;
  return order === "desc" ? Prisma.sql`(r.time, r.id) < ${place}` : Prisma.sql`(r.time, r.id) > ${place}`;
}

export function orderSql(order: LogQuery["order"]): Prisma.Sql {
  return order === "desc" ? Prisma.sql`ORDER BY r.time DESC, r.id DESC` : Prisma.sql`ORDER BY r.time, r.id`;
}

/** One condition of a query. A row without a value is none of the excluded ones. */
export function conditionSql(view: LogView, condition: Condition): Prisma.Sql {
  const filter = view.filters[condition.filter];
  if (!filter) throw new Error(`${view.slug} has no filter ${condition.filter}`);
  const any = Prisma.join(matches(filter, condition), " OR ");
  return condition.not ? Prisma.sql`((${any}) IS NOT TRUE)` : Prisma.sql`(${any})`;
}

/** The columns that a condition looks at. */
function columnsIn(view: LogView, condition: Condition): readonly string[] {
  const filter = view.filters[condition.filter];
  if (!filter) return [];
  return filter.kind === "text" ? filter.columns : [filter.column];
}

/** Parts conditions into those that a row keeps to for its life, and those that it may stop to match. */
export function partConditions(
  view: LogView,
  conditions: readonly Condition[],
): { lasting: Condition[]; changing: Condition[] } {
  const changes = (condition: Condition) =>
    columnsIn(view, condition).some((column) => view.projection?.changing.includes(column));
  return {
    lasting: conditions.filter((condition) => !changes(condition)),
    changing: conditions.filter(changes),
  };
}

function matches(filter: Filter, { operator, values }: Condition): Prisma.Sql[] {
  switch (filter.kind) {
    case "text":
      return filter.columns.flatMap((field) =>
        values.map((value) => Prisma.sql`r.${columnOf(field)} ILIKE ${`%${likeText(value)}%`}`),
      );
    case "number":
      return values.map((value) => numberSql(columnOf(filter.column), value));
    case "id":
      return [
        Prisma.sql`r.${columnOf(filter.column)} IN (${Prisma.join(values.map((value) => Prisma.sql`${value}::uuid`))})`,
      ];
    default: {
      const column = Prisma.sql`r.${columnOf(filter.column)}`;
      if (operator === "is") return [Prisma.sql`${column} IN (${Prisma.join(values)})`];
      const end = operator === "contains" ? "%" : "";
      return values.map((value) => Prisma.sql`${column} ILIKE ${`${end}${likeText(value)}%`}`);
    }
  }
}

function numberSql(column: Prisma.Sql, value: string): Prisma.Sql {
  const { min, max } = parseNumberRange(value) ?? {};
  const bounds = [
    ...(min === undefined ? [] : [Prisma.sql`r.${column} >= ${min}`]),
    ...(max === undefined ? [] : [Prisma.sql`r.${column} <= ${max}`]),
  ];
  return Prisma.sql`(${Prisma.join(bounds, " AND ")})`;
}

/** A text that LIKE takes literally. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

/** Joins conditions; there is always one, the scope. */
export function all(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.join([...conditions], " AND ");
}

/** Every condition of a query: scope, time range, filters, stages. */
export function whereSql(
  view: LogView,
  scope: Scope,
  query: Pick<LogQuery, "time" | "conditions">,
  nowMs: number,
): Prisma.Sql {
  return all([
    scopeSql(scope),
    ...timeSql(query, nowMs),
    ...query.conditions.map((condition) => conditionSql(view, condition)),
    ...stagesSql(view),
  ]);
}
