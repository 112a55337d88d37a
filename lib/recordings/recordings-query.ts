import type { ParameterError } from "@/lib/http/problem.ts";
import { connectionKindOf, connectionKinds } from "@/lib/ingest/enumerations.ts";
import { boundsOf, parseInstant, parseSpan } from "@/lib/logs/time.ts";

/** What the page of recordings is asked for. Empty texts ask for nothing. */
export type RecordingsQuery = {
  /** A part of the names in the list of people. */
  match: string;
  user: string;
  target: string;
  /** `24h`, `7d` and the like; UTC dates or instants otherwise, as in the logs. */
  last: string;
  from: string;
  to: string;
  /** A kind of connections. */
  kind: string;
  /** At least so long, as a span such as `10m`. */
  longer: string;
  denied: boolean;
  /** Only those under way. */
  live: boolean;
  /** Words to look for in what was shown. */
  q: string;
  /** The last row of the page before; of a search, with the place of the text in its recording. */
  after: { startedAt: string; id: string; place?: number } | undefined;
};

/** The filters as they are when nothing is filtered; the person and the words are not among them. */
export const unfiltered = {
  target: "",
  last: "",
  from: "",
  to: "",
  kind: "",
  longer: "",
  denied: false,
  live: false,
} as const satisfies Partial<RecordingsQuery>;

const texts = ["match", "user", "target", "last", "from", "to", "kind", "longer", "q"] as const;
const longest = 256;
const cursor = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_(\d{1,9}))?$/;

/** Reads the address of the page. An empty field of a form is as good as none. */
export function parseRecordingsQuery(
  params: URLSearchParams,
): { query: RecordingsQuery; errors?: never } | { query?: never; errors: ParameterError[] } {
  const errors: ParameterError[] = [];
  const query: RecordingsQuery = {
    match: "",
    user: "",
    target: "",
    last: "",
    from: "",
    to: "",
    kind: "",
    longer: "",
    denied: false,
    live: false,
    q: "",
    after: undefined,
  };
  for (const name of new Set(params.keys())) {
    const given = params.getAll(name);
    const reason = given.length > 1 ? "may be given once" : read(query, name, given[0]?.trim() ?? "");
    if (reason !== undefined) errors.push({ parameter: name, reason });
  }
  if (query.last !== "" && (query.from !== "" || query.to !== ""))
    errors.push({ parameter: "last", reason: "cannot stand beside from and to" });
  return errors.length > 0 ? { errors } : { query };
}

/** @returns what is wrong with it */
function read(query: RecordingsQuery, name: string, value: string): string | undefined {
  if (value === "") return name in query ? undefined : "is no parameter of this page";
  if ((texts as readonly string[]).includes(name)) {
    if (value.length > longest) return `must have at most ${longest} characters`;
    if (value.includes("\0")) return "must not contain NUL";
    if (name === "last" && parseSpan(value) === undefined) return "must be a span such as 24h or 7d";
    if (name === "longer" && parseSpan(value) === undefined) return "must be a span such as 10m or 2h";
    if (name === "kind" && !connectionKindOf(value)) return `must be one of ${connectionKinds.join(", ")}`;
    if (name === "from" && parseInstant(value) === undefined) return "must be a UTC time or date";
    if (name === "to" && parseInstant(value, "end") === undefined) return "must be a UTC time or date";
    query[name as (typeof texts)[number]] = value;
    return undefined;
  }
  if (name === "denied" || name === "live") {
    if (value !== "true") return "must be true";
    query[name] = true;
    return undefined;
  }
  if (name !== "after") return "is no parameter of this page";
  const [, startedAt, id, place] = cursor.exec(value) ?? [];
  if (startedAt === undefined || id === undefined || parseInstant(startedAt) !== startedAt)
    return "must be the link to the next page";
  query.after = { startedAt, id, ...(place !== undefined && { place: Number(place) }) };
  return undefined;
}

/** The bounds in time of what is listed: `from` included, `to` not. */
export function recordingsBounds(
  { last, from, to }: Pick<RecordingsQuery, "last" | "from" | "to">,
  nowMs: number,
): { from?: string; to?: string } {
  if (last !== "") return boundsOf({ last }, nowMs);
  const first = from === "" ? undefined : parseInstant(from);
  const end = to === "" ? undefined : parseInstant(to, "end");
  return { ...(first !== undefined && { from: first }), ...(end !== undefined && { to: end }) };
}

/** The address of the page with some of what is asked for changed; a change begins on the first page. */
export function recordingsHref(query: RecordingsQuery, change: Partial<RecordingsQuery>): string {
  const { denied, live, after, ...rest } = { ...query, after: undefined, ...change };
  const params = new URLSearchParams(Object.entries(rest).filter(([, value]) => value !== ""));
  if (denied) params.set("denied", "true");
  if (live) params.set("live", "true");
  if (after)
    params.set(
      "after",
      [after.startedAt, after.id, ...(after.place === undefined ? [] : [after.place])].join("_"),
    );
  return params.size === 0 ? "/recordings" : `/recordings?${params}`;
}
