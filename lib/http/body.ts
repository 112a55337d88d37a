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
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new Problem(415, "The body must be application/json.");
  let value: unknown;
  try {
    value = JSON.parse(await readText(request, limit));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest([{ parameter: "body", reason: "is not JSON" }]);
  }
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
