import { z } from "zod";
import type { Operation, Schema } from "../operation.ts";
import { openApiDocument } from "./document.ts";

/** The document as a client reads it. */
export type Document = Omit<ReturnType<typeof openApiDocument>, "components"> & {
  components: { [section: string]: { [name: string]: Schema } };
};

export function readDocument(): Document {
  return JSON.parse(JSON.stringify(openApiDocument())) as Document;
}

/** Every operation with its path and method. */
export function operationsOf(document: Document): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** What a reference leads to; undefined when it leads nowhere. */
export function resolve(document: Document, ref: string): unknown {
  const [start, ...steps] = ref.split("/");
  if (start !== "#") return undefined;
  return steps.reduce<unknown>(
    (place, step) =>
      typeof place === "object" && place !== null
        ? Reflect.get(place, decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"))
        : undefined,
    document,
  );
}

/** Every object within a value, itself included. */
export function objectsIn(value: unknown): { [key: string]: unknown }[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as { [key: string]: unknown }, ...inside];
}

const readers = new WeakMap<Document, Map<string, z.ZodType>>();

/**
 * What is wrong with a value, judged by a schema of the document alone. A property that the schema does not
 * name is wrong too: a client would not know of it.
 */
export function faults(document: Document, schema: Schema, value: unknown): string[] {
  const known = readers.get(document) ?? new Map<string, z.ZodType>();
  readers.set(document, known);
  const key = JSON.stringify(schema);
  const reader = known.get(key) ?? readerOf(document, schema);
  known.set(key, reader);
  const result = reader.safeParse(value);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

function readerOf(document: Document, schema: Schema): z.ZodType {
  const whole = JSON.stringify({ ...schema, $defs: document.components["schemas"] });
  return z.fromJSONSchema(
    JSON.parse(whole, (key, entry) => {
      if (key === "$ref") return String(entry).replace("#/components/schemas/", "#/$defs/");
      return isOpenObject(entry) ? { ...entry, additionalProperties: false } : entry;
    }),
  );
}

function isOpenObject(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && "properties" in value && !("additionalProperties" in value)
  );
}
