/**
 * JSON as it stands in a column, read without losing anything: numbers keep their digits (JSON.parse would round
 * them), and of keys that repeat none is dropped.
 */
export type JsonNode =
  | { kind: "object"; entries: readonly (readonly [key: string, value: JsonNode])[] }
  | { kind: "array"; items: readonly JsonNode[] }
  /** `text` as it is written, quotes and all. */
  | { kind: "scalar"; text: string };

const token = /\s*([{}[\],:]|"(?:[^"\\]|\\[\s\S])*"|[^\s{}[\],:"]+)\s*/y;

/** Deeper JSON is not taken apart; ingestion takes none. */
const mostLevels = 200;

/** @returns undefined when the text is no JSON */
export function readJson(text: string): JsonNode | undefined {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text)?.[1];
    if (found === undefined) return undefined;
    tokens.push(found);
  }
  const reader = { tokens, at: 0 };
  const node = readValue(reader, 0);
  return reader.at === tokens.length ? node : undefined;
}

type Reader = { tokens: readonly string[]; at: number };

function readValue(reader: Reader, level: number): JsonNode | undefined {
  const first = reader.tokens[reader.at++];
  if (first === undefined || level > mostLevels) return undefined;
  if (first === "{") return readObject(reader, level);
  if (first === "[") return readArray(reader, level);
  return /^[}\],:]$/.test(first) ? undefined : { kind: "scalar", text: first };
}

function readObject(reader: Reader, level: number): JsonNode | undefined {
  const entries: [string, JsonNode][] = [];
  const taken = new Set<string>();
  const ended = readParts(reader, "}", () => {
    const name = reader.tokens[reader.at++];
    if (!name?.startsWith('"') || reader.tokens[reader.at++] !== ":") return false;
    const value = readValue(reader, level + 1);
    if (!value) return false;
    const written = keyOf(name);
    let key = written;
    for (let time = 2; taken.has(key); time++) key = `${written} (${time})`;
    taken.add(key);
    entries.push([key, value]);
    return true;
  });
  return ended ? { kind: "object", entries } : undefined;
}

function readArray(reader: Reader, level: number): JsonNode | undefined {
  const items: JsonNode[] = [];
  const ended = readParts(reader, "]", () => {
    const value = readValue(reader, level + 1);
    if (value) items.push(value);
    return value !== undefined;
  });
  return ended ? { kind: "array", items } : undefined;
}

/** Parts between commas up to `end`. @returns whether they ended */
function readParts(reader: Reader, end: string, readPart: () => boolean): boolean {
  if (reader.tokens[reader.at] === end) {
    reader.at++;
    return true;
  }
  for (;;) {
    if (!readPart()) return false;
    const next = reader.tokens[reader.at++];
    if (next === end) return true;
    if (next !== ",") return false;
  }
}

function keyOf(name: string): string {
  try {
    return String(JSON.parse(name));
  } catch (error) {
    // A raw control character in a key: what is written is told.
    if (error instanceof SyntaxError) return name;
    throw error;
  }
}

/** A text that two nodes share exactly when they say the same; the order of keys says nothing. */
export function meaningOf(node: JsonNode): string {
  switch (node.kind) {
    case "scalar":
      return node.text.startsWith('"') ? JSON.stringify(keyOf(node.text)) : node.text;
    case "array":
      return `[${node.items.map(meaningOf).join(",")}]`;
    case "object":
      return `{${node.entries
        .map(([key, value]) => `${JSON.stringify(key)}:${meaningOf(value)}`)
        .sort()
        .join(",")}}`;
  }
}
