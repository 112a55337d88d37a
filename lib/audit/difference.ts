import { type JsonNode, meaningOf, readJson } from "./json-tree.ts";

export type Change = "added" | "removed" | "changed" | "same";

/** One value of two states: where it stands, and what it was and is, as JSON. */
export type DifferenceLine = { path: string; change: Change; before?: string; after?: string };

/** How many pairs of items are compared at most to find which of two lists belong together. */
const mostPairs = 250_000;

/**
 * What distinguishes two states of a thing, value by value, in the order of the state before with what is new
 * behind. Keys are matched by name in whatever order they stand; items of lists by what they say.
 * @param before JSON as it is kept; null where none is
 * @returns undefined when either is no JSON
 */
export function differenceOf(before: string | null, after: string | null): DifferenceLine[] | undefined {
  const [old, now] = [before, after].map((text) => (text === null ? undefined : readJson(text)));
  if ((before !== null && !old) || (after !== null && !now)) return undefined;
  const lines: DifferenceLine[] = [];
  compare("", old, now, lines);
  return lines;
}

function compare(
  path: string,
  old: JsonNode | undefined,
  now: JsonNode | undefined,
  lines: DifferenceLine[],
): void {
  if (old && now && meaningOf(old) === meaningOf(now)) tellAll(path, now, "same", lines);
  else if (old?.kind === "object" && now?.kind === "object") compareObjects(path, old, now, lines);
  else if (old?.kind === "array" && now?.kind === "array") compareArrays(path, old.items, now.items, lines);
  else if (old?.kind === "scalar" && now?.kind === "scalar")
    lines.push({ path, change: "changed", before: old.text, after: now.text });
  else {
    if (old) tellAll(path, old, "removed", lines);
    if (now) tellAll(path, now, "added", lines);
  }
}

type ObjectNode = Extract<JsonNode, { kind: "object" }>;

function compareObjects(path: string, old: ObjectNode, now: ObjectNode, lines: DifferenceLine[]): void {
  const [before, after] = [new Map(old.entries), new Map(now.entries)];
  for (const [key, value] of before) compare(keyPath(path, key), value, after.get(key), lines);
  for (const [key, value] of after) {
    if (!before.has(key)) compare(keyPath(path, key), undefined, value, lines);
  }
}

/** Items that say the same belong together; between them, one that went and one that came are one that changed. */
function compareArrays(
  path: string,
  old: readonly JsonNode[],
  now: readonly JsonNode[],
  lines: DifferenceLine[],
): void {
  let [at, place] = [0, 0];
  for (const [nextOld, nextNow] of [...pairsOf(old, now), [old.length, now.length] as const]) {
    while (at < nextOld || place < nextNow) {
      const [gone, come] = [at < nextOld ? old[at] : undefined, place < nextNow ? now[place] : undefined];
      const both =
        gone !== undefined && come !== undefined && gone.kind === come.kind && gone.kind !== "scalar";
      if (both) compare(`${path}[${place}]`, gone, come, lines);
      else {
        if (gone) tellAll(`${path}[${at}]`, gone, "removed", lines);
        if (come) tellAll(`${path}[${place}]`, come, "added", lines);
      }
      if (gone) at++;
      if (come) place++;
    }
    const same = now[nextNow];
    if (same) tellAll(`${path}[${nextNow}]`, same, "same", lines);
    at = nextOld + 1;
    place = nextNow + 1;
  }
}

/** Places of a longest common run of items, in order; place by place where the lists are too long for that. */
function pairsOf(old: readonly JsonNode[], now: readonly JsonNode[]): (readonly [number, number])[] {
  const [before, after] = [old.map(meaningOf), now.map(meaningOf)];
  if (before.length * after.length > mostPairs)
    return before.flatMap((meaning, at) => (meaning === after[at] ? [[at, at] as const] : []));
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const length = (at: number, place: number): number => lengths[at * width + place] ?? 0;
  for (let at = before.length - 1; at >= 0; at--) {
    for (let place = after.length - 1; place >= 0; place--) {
      lengths[at * width + place] =
        before[at] === after[place]
          ? length(at + 1, place + 1) + 1
          : Math.max(length(at + 1, place), length(at, place + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let [at, place] = [0, 0]; at < before.length && place < after.length; ) {
    if (before[at] === after[place]) pairs.push([at++, place++]);
    else if (length(at + 1, place) >= length(at, place + 1)) at++;
    else place++;
  }
  return pairs;
}

/** Every value in a node; containers without any are told as they are. */
function tellAll(
  path: string,
  node: JsonNode,
  change: "added" | "removed" | "same",
  lines: DifferenceLine[],
): void {
  const parts: (readonly [string, JsonNode])[] =
    node.kind === "object"
      ? node.entries.map(([key, value]) => [keyPath(path, key), value])
      : node.kind === "array"
        ? node.items.map((item, at) => [`${path}[${at}]`, item])
        : [];
  for (const [place, part] of parts) tellAll(place, part, change, lines);
  if (parts.length > 0) return;
  const text = node.kind === "scalar" ? node.text : node.kind === "object" ? "{}" : "[]";
  lines.push({
    path,
    change,
    ...(change !== "added" && { before: text }),
    ...(change !== "removed" && { after: text }),
  });
}

/** `user.roles`; a key that is no plain word stands in quotes, so that it cannot pass for a path. */
function keyPath(path: string, key: string): string {
  if (!/^[\p{L}\p{N}_$@/-]+( \(\d+\))?$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
