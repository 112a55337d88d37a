import type { ZodType } from "zod";
import { badRequest, type ParameterError, Problem } from "./problem.ts";

/** Bytes that a request with a few fields may have. */
const defaultLimit = 64 * 1024;

/**
 * Reads a JSON body and checks it.
 *
 * @throws Problem 415 for another media type, 413 beyond the limit, 400 that names each wrong field
 */
export async function readJson<T>(request: Request, schema: ZodType<T>, limit = defaultLimit): Promise<T> {
  if (mediaType(request) !== "application/json") throw new Problem(415, "The body must be application/json.");
  return check(parseJson(await readText(request, limit)), schema);
}

/**
 * Reads a body of a few texts, as JSON or as a form: shell scripts write the latter safely. An empty field of a form
 * is one that is not there.
 *
 * @throws Problem as {@link readJson}
 */
export async function readFields<T>(request: Request, schema: ZodType<T>): Promise<T> {
  const isForm = mediaType(request) === "application/x-www-form-urlencoded";
  if (!isForm && mediaType(request) !== "application/json")
    throw new Problem(415, "Send application/json or application/x-www-form-urlencoded.");
  const text = await readText(request, defaultLimit);
  return check(isForm ? parseForm(text) : parseJson(text), schema);
}

function mediaType({ headers }: Request): string | undefined {
  return headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest([{ parameter: "body", reason: "is not JSON" }]);
  }
}

function parseForm(text: string): { [name: string]: string } {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) throw badRequest([{ parameter: name, reason: "is given twice" }]);
    if (value !== "") fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function check<T>(value: unknown, schema: ZodType<T>): T {
  const checked = schema.safeParse(value);
  if (checked.success) {
    const unstorable = unstorableText(checked.data);
    if (unstorable) throw badRequest([unstorable]);
    return checked.data;
  }
  throw badRequest(
    checked.error.issues.map(({ path, message }) => ({
      parameter: path.join(".") || "body",
      reason: message,
    })),
  );
}

/** Why a text cannot be stored: PostgreSQL knows neither NUL nor half a surrogate pair. Undefined when it can be. */
export function textFault(text: string): string | undefined {
  if (text.includes("\0")) return "must not contain NUL";
  return /\p{Surrogate}/u.test(text) ? "must not contain half of a surrogate pair" : undefined;
}

/** The first text in a checked value, the names of its fields included, that cannot be stored. */
function unstorableText(value: unknown, path: readonly string[] = []): ParameterError | undefined {
  if (typeof value === "string") {
    const reason = textFault(value);
    return reason === undefined ? undefined : { parameter: path.join(".") || "body", reason };
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const reason = textFault(name);
    if (reason !== undefined)
      return { parameter: path.join(".") || "body", reason: `holds a name that ${reason}` };
    const found = unstorableText(inner, [...path, name]);
    if (found) return found;
  }
  return undefined;
}

/** Reads a body as text, at most `limit` bytes of it. @throws Problem 413 */
export async function readText(request: Request, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw new Problem(413, `The body must not have more than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
