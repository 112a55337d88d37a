import { z } from "zod";
import type { ParameterError } from "@/lib/http/problem.ts";

/** Which targets or spaces are asked for. */
export type TargetQuery = {
  /** Part of a name or a description, in whatever case; empty for all. */
  match: string;
  /** The last name, and of targets the kind, of the page before. */
  after: Place | null;
};

type Place = { name: string; kind: string };

// PostgreSQL's text cannot hold NUL.
const text = z.string().refine((part) => !part.includes("\0"));
const place = z.tuple([text, text]);

/** @returns the cursor of the page behind a row */
export function cursorAfter({ name, kind = "" }: { name: string; kind?: string }): string {
  return Buffer.from(JSON.stringify([name, kind])).toString("base64url");
}

/** Reads `?match=` and `?after=`; anything else is an error, never left aside. */
export function parseTargetQuery(
  params: URLSearchParams,
): { query: TargetQuery; errors?: never } | { errors: ParameterError[]; query?: never } {
  const errors: ParameterError[] = [];
  for (const name of new Set(params.keys())) {
    if (name !== "match" && name !== "after")
      errors.push({ parameter: name, reason: "is no parameter of this list" });
    else if (params.getAll(name).length > 1)
      errors.push({ parameter: name, reason: "is given more than once" });
  }
  const match = params.get("match") ?? "";
  if (match.length > 200) errors.push({ parameter: "match", reason: "must have at most 200 characters" });
  if (match.includes("\0")) errors.push({ parameter: "match", reason: "must not contain NUL" });
  const cursor = params.get("after");
  const after = cursor === null ? null : parseCursor(cursor);
  if (after === undefined)
    errors.push({ parameter: "after", reason: "is no cursor; take it from the page before" });
  return errors.length > 0 || after === undefined ? { errors } : { query: { match, after } };
}

function parseCursor(cursor: string): Place | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const read = place.safeParse(value);
  return read.success ? { name: read.data[0], kind: read.data[1] } : undefined;
}
