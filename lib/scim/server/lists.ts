import "server-only";
import { textFault } from "@/lib/http/body.ts";
import { isUuid } from "@/lib/http/id.ts";
import type { ScimContext } from "./context.ts";
import { scimFault } from "./errors.ts";

/** What resources are to be equal in: the database looks for these itself. */
export type Equal = { id?: string; userName?: string; externalId?: string; displayName?: string };

/** A part of a provider's resources in the order of their ids, which is that in which they were made. */
export type Part = { equal: Equal; after?: string; offset?: number; limit: number };

export type Lists<Shown> = {
  /** The attributes of {@link Equal} that the resources have. */
  comparable: readonly (keyof Equal)[];
  read: (context: ScimContext, part: Part) => Promise<Shown[]>;
  count: (context: ScimContext, equal: Equal) => Promise<number>;
  /** How many are read at once where each must be looked at. */
  batch: number;
};

/** From which resource on, the first being 1, how many, and by what they are sorted: the path of an attribute. */
export type ListPage = { startIndex: number; count: number; sort?: { by: string; descending: boolean } };

/** A filter of the library: branches joined by "or", of each the attributes with what is asked of them. */
export type Filter = readonly unknown[] & { match: (values: object[]) => object[] };

/** Resources that are sorted at most, which is done in memory. */
export const mostSorted = 10_000;

/**
 * A page of what a filter finds, and how many it finds in all. Comparisons by `eq` of {@link Equal} are the
 * database's, and so is the page where there are no others; of what is left all is gone through, a batch in memory.
 * @throws a fault of SCIM for a filter that cannot be followed, or that finds too much to be sorted
 */
export async function listResources<Shown extends { id: string }>(
  lists: Lists<Shown>,
  context: ScimContext,
  filter: Filter | undefined,
  { startIndex, count, sort }: ListPage,
): Promise<{ resources: object[]; total: number }> {
  const { equal, further } = partFilter(filter, lists.comparable);
  if (!canBe(equal)) return { resources: [], total: 0 };
  const offset = startIndex - 1;
  if (!further && !sort) {
    const total = await lists.count(context, equal);
    const some = count > 0 && offset < total;
    return { resources: some ? await lists.read(context, { equal, offset, limit: count }) : [], total };
  }
  const kept: object[] = [];
  let total = 0;
  for (let after: string | undefined; ; ) {
    const part = { equal, limit: lists.batch, ...(after !== undefined && { after }) };
    const batch = await lists.read(context, part);
    for (const one of further ? matching(further, batch) : batch) {
      if (sort || (total >= offset && kept.length < count)) kept.push(one);
      total++;
    }
    if (sort && total > mostSorted) throw tooManyToSort();
    after = batch.at(-1)?.id;
    if (batch.length < lists.batch || after === undefined) break;
  }
  if (!sort) return { resources: kept, total };
  return { resources: sorted(kept, sort).slice(offset, offset + count), total };
}

/** RFC 7644, section 3.4.2.3: what has no value comes last, and first where the order is turned round. */
function sorted(resources: object[], { by, descending }: NonNullable<ListPage["sort"]>): object[] {
  const path = by.split(".");
  const keys = new Map(resources.map((one) => [one, keyAt(one, path)]));
  const ordered = resources.sort((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return collator.compare(a, b);
  });
  return descending ? ordered.reverse() : ordered;
}

const collator = new Intl.Collator("en");

/** The text of an attribute; of one with several values that of the primary, or of the first. */
function keyAt(value: unknown, [name, ...rest]: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const chosen: unknown = value.find((one: { primary?: boolean }) => one.primary) ?? value[0];
    return keyAt(chosen, [name ?? "value", ...rest]);
  }
  if (typeof value !== "object") return String(value);
  return name !== undefined && Object.hasOwn(value, name)
    ? keyAt(Object.entries(value).find(([key]) => key === name)?.[1], rest)
    : undefined;
}

/**
 * Parts a filter into what the database compares and the filter that is then left, which is the whole one: what it
 * asks again is true already.
 */
function partFilter(
  filter: Filter | undefined,
  comparable: readonly (keyof Equal)[],
): { equal: Equal; further?: Filter } {
  const equal: Equal = {};
  const [branch, ...others] = filter ?? [];
  if (!filter || others.length > 0 || typeof branch !== "object" || branch === null)
    return filter ? { equal, further: filter } : { equal };
  const entries = Object.entries(branch);
  for (const [name, asked] of entries) {
    const attribute = comparable.find((known) => known.toLowerCase() === name.toLowerCase());
    const value = equalTo(asked);
    if (attribute !== undefined && value !== undefined && equal[attribute] === undefined)
      equal[attribute] = value;
  }
  return Object.keys(equal).length === entries.length ? { equal } : { equal, further: filter };
}

/** The text that an attribute is to equal. The library leaves JSON's escapes in it; some send a bare backslash. */
function equalTo(asked: unknown): string | undefined {
  if (!Array.isArray(asked) || asked.length !== 2 || asked[0] !== "eq") return undefined;
  const [, value] = asked as unknown[];
  if (typeof value !== "string") return undefined;
  if (!value.includes("\\")) return value;
  try {
    return String(JSON.parse(`"${value}"`));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return value;
  }
}

/** Whether anything stored can be equal to that. */
function canBe(equal: Equal): boolean {
  if (equal.id !== undefined && !isUuid(equal.id)) return false;
  return Object.values(equal).every((value) => textFault(value) === undefined);
}

/** @throws a fault of SCIM where the library cannot follow a filter, as into an attribute that holds no others */
function matching(filter: Filter, all: object[]): object[] {
  try {
    return filter.match(all);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw scimFault(400, "The filter names an attribute that is not there.", "invalidFilter");
  }
}

function tooManyToSort(): Error {
  return scimFault(
    413,
    `sortBy: more than ${mostSorted} resources match. Ask for fewer with a filter, or without sortBy.`,
    "tooMany",
  );
}
