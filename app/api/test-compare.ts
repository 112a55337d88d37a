import { filtersOf, type Names, slugs } from "@/lib/logs/server/test-names.ts";
import type { TestWorld } from "@/lib/logs/server/test-world.ts";
import { logView } from "@/lib/logs/views.ts";
import { range } from "./test-cases.ts";
import type { Asked, Told } from "./test-routes.ts";

/** An answer without what differs between two askings of the same, and without the names asked for. */
export function comparable({ status, headers, text }: Told, names: Names): string {
  const given = [...Object.values(names.ids), ...Object.values(names.keys).map((key) => key.slice(28))];
  const values = slugs.flatMap((log) => filtersOf(log).map((filter) => names.value(log, filter)));
  const longestFirst = [...given, ...values, names.word].sort((a, b) => b.length - a.length);
  let all = JSON.stringify({ status, headers, text });
  for (const name of longestFirst) all = all.replaceAll(name, "<named>");
  return all
    .replace(/isolation-\d+/g, "<request>")
    .replace(/(position\\":\\")[^\\]+/g, "$1<position>")
    .replace(/\/activate\/[\w-]{43}/g, "/activate/<token>")
    .replace(/((?:expiresAt|createdAt)\\":\\")[^\\]+/g, "$1<later>")
    .replace(/db[dks]_[0-9A-Za-z]{38}/g, "<token>")
    .replace(/("x-export-id":"|\\"id\\":\\")[0-9a-f-]{36}/g, "$1<new>")
    .replace(/\d{8}T\d{6}Z/g, "<now>");
}

/** Questions that name nothing, for the routes that must be told a log. */
export function plainQuestions({ word, keys }: Pick<TestWorld, "word" | "keys">): {
  [endpoint: string]: Asked[];
} {
  return {
    "GET /api/v1/logs/[log]": slugs.map((log) => ({ params: { log }, query: "limit=200" })),
    "GET /api/v1/logs/[log]/export": slugs.flatMap((log) =>
      ["csv", "json", "ndjson"].map((format) => ({ params: { log }, query: { format } })),
    ),
    "GET /api/v1/logs/[log]/histogram": slugs.map((log) => ({ params: { log }, query: range })),
    "GET /api/v1/logs/[log]/live": slugs.map((log) => ({ params: { log } })),
    "GET /api/v1/logs/[log]/rows/[key]": slugs.map((log) => ({ params: { log, key: keys[log] } })),
    "GET /api/v1/logs/[log]/values": slugs.flatMap((log) =>
      Object.entries(logView(log).filters).flatMap(([filter, definition]) =>
        definition.kind === "name" && definition.suggest ? [{ params: { log }, query: { filter } }] : [],
      ),
    ),
    "GET /api/v1/recordings/archive": [{ query: { file: "text" } }],
    "GET /api/v1/recordings/search": [{ query: { q: word } }, { query: { q: "echo" } }],
    "GET /api/v1/saved-views": [{ query: {} }, ...slugs.map((log) => ({ query: { log } }))],
  };
}
