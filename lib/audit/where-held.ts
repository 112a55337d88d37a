import type { Captured, CapturedKind } from "./catalog/define.ts";
import type { CatalogEntry } from "./catalog.ts";

const kinds: { [kind in Extract<CapturedKind, string>]: string } = {
  text: "text",
  texts: "list of texts",
  number: "number",
  flag: "true or false",
  json: "JSON",
};

/** In which column of an event a piece of its captured information is, under which key, and what it is. */
export function whereHeld(
  item: Captured,
  { events }: CatalogEntry,
): { column: string; key?: string; what?: string } {
  if ("column" in item) return { column: item.column };
  if ("status" in item) {
    const words = Object.values(events).flatMap(({ status }) => (status === undefined ? [] : [status]));
    return { column: "CustomValues", key: item.status, what: words.join(", ") };
  }
  const { key, kind } = item;
  return { column: "CustomValues", key, what: typeof kind === "string" ? kinds[kind] : kind.join(", ") };
}

/** The statuses that the event of a step has. */
export const stepStatuses = {
  attempting: ["inProgress"],
  underWay: ["inProgress"],
  done: ["success", "warning"],
  failed: ["failure"],
} as const;
