import { endWithin } from "@/lib/ingest/kinds/har-large.ts";
import { keys, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError, skipBlanks } from "@/lib/record/json-tokens.ts";

/** Whether a body is a HAR file, told by its beginning: a line of an access log has no such `log`. */
export function isHar(body: Uint8Array): boolean {
  try {
    const start = skipBlanks(body, 0);
    if (typeAt(body, start) !== "object") return false;
    const walk = keys(body, start);
    for (let step = walk.next(); !step.done; ) {
      const { key, valueStart } = step.value;
      if (key === "log" && typeAt(body, valueStart) === "object")
        for (const inner of namesOf(body, valueStart))
          if (inner === "creator" || inner === "entries") return true;
      const end = endWithin(body, valueStart);
      if (end === undefined) return false;
      step = walk.next(end);
    }
    return false;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

/** Each name of an object before its value was looked at. */
function* namesOf(body: Uint8Array, start: number): Generator<string, void, void> {
  const walk = keys(body, start);
  for (let step = walk.next(); !step.done; ) {
    yield step.value.key;
    const end = endWithin(body, step.value.valueStart);
    if (end === undefined) return;
    step = walk.next(end);
  }
}
