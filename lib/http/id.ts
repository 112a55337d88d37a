import { notFound } from "./problem.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** An id from a path: what is no UUID names nothing. @throws Problem 404 */
export function requireId(text: string): string {
  if (!isUuid(text)) throw notFound("There is no such thing.");
  return text;
}
