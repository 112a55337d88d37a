import type { z } from "zod";
import { ingestLimits } from "./limits.ts";

/** Issues named in one reason; a record that is wrong in every field would fill a page. */
const MOST = 5;

/** What is wrong with a record, as `field: reason; field: reason`. `root` stands before every field's name. */
export function issuesText(error: z.ZodError, root = ""): string {
  const named = error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => `${fieldName(root, [...issue.path, key])}: unknown field`);
    }
    const reason =
      issue.code === "invalid_type" && issue.message.endsWith("received undefined")
        ? "missing"
        : issue.message;
    return [`${fieldName(root, issue.path)}: ${reason}`];
  });
  const more = named.length > MOST ? `; and ${named.length - MOST} more` : "";
  return named.slice(0, MOST).join("; ") + more;
}

function fieldName(root: string, path: readonly PropertyKey[]): string {
  const name = path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
    root,
  );
  // An attacker chooses the names of unknown fields.
  return name === "" ? "the record" : name.slice(0, 200);
}

/** Why a record beyond the limit of its size is rejected. */
export function tooLargeText(): string {
  return `the record is larger than ${ingestLimits.record} bytes`;
}
