import { z } from "zod";
import type { Captured, CapturedKind, Step } from "./catalog/define.ts";
import { type CatalogEntry, catalogEntries } from "./catalog.ts";

// Schemas: pages must not import this module, the catalogue is for them.

/** What a value under a captured key must be. */
function schemaOf(kind: CapturedKind): z.ZodType {
  switch (kind) {
    case "text":
      return z.string("must be a text");
    case "texts":
      return z.array(z.string("must be a text"), "must be a list of texts");
    case "number":
      return z.number("must be a number");
    case "flag":
      return z.boolean("must be true or false");
    case "json":
      return z.json();
    default:
      return z.enum(kind, `must be one of ${kind.join(", ")}`);
  }
}

/** Other keys may stand beside the captured ones. */
type CustomValues = z.ZodType<{ [key: string]: unknown }>;

const notAnObject = "must be an object";

/**
 * CustomValues of an event by anybody. The document prints what is captured and no key for it: keys are Daybook's,
 * so one may be absent, and what is there under one must be of its kind.
 */
function foreignSchema({ captured, events }: CatalogEntry): CustomValues {
  const words = Object.values(events).flatMap(({ status }) => (status === undefined ? [] : [status]));
  const shape = captured.flatMap((item): [string, z.ZodType][] => {
    if ("column" in item) return [];
    if ("status" in item) return words.length === 0 ? [] : [[item.status, schemaOf(words).optional()]];
    return [[item.key, schemaOf(item.kind).optional()]];
  });
  return z.looseObject(Object.fromEntries(shape), notAnObject);
}

/** CustomValues of Daybook's own event of a step: all that is captured and known by then. */
function ownSchema({ captured, events }: CatalogEntry, step: Step): CustomValues {
  const word = events[step]?.status;
  const shape = captured.flatMap((item): [string, z.ZodType][] => {
    if ("column" in item) return [];
    if ("status" in item) return word === undefined ? [] : [[item.status, z.literal(word)]];
    const schema = schemaOf(item.kind);
    return [[item.key, isKnown(item, step) ? schema : schema.optional()]];
  });
  return z.looseObject(Object.fromEntries(shape), notAnObject);
}

function isKnown(item: Captured, step: Step): boolean {
  const known = "known" in item ? item.known : undefined;
  return known === undefined || (known === "done" && step === "done");
}

const foreign = new Map<string, CustomValues>();
const own = new Map<string, CustomValues>();
for (const entry of catalogEntries()) {
  foreign.set(entry.type, foreignSchema(entry));
  for (const step of Object.keys(entry.events) as Step[])
    own.set(`${entry.type} ${step}`, ownSchema(entry, step));
}

/** The schema of CustomValues of a workflow's events, of whoever writes them. */
export function customValuesSchema(type: string): CustomValues | undefined {
  return foreign.get(type);
}

/** The schema of CustomValues of Daybook's own event of a step. */
export function ownCustomValuesSchema(type: string, step: Step): CustomValues | undefined {
  return own.get(`${type} ${step}`);
}
