import "server-only";
import { createHmac, timingSafeEqual } from "node:crypto";
import { env } from "@/lib/env.ts";

/**
 * What lets one send a stream: its number and a digest that only this installation can make, so that no secret is
 * stored and the address can be told again.
 */
export function streamToken(id: number): string {
  const digest = createHmac("sha256", env().NEXTAUTH_SECRET).update(`daybook stream ${id}`);
  return `${id}_${digest.digest("base64url")}`;
}

/** The number of the stream that a token is of; undefined for one that nobody was given. */
export function streamOfToken(token: string): number | undefined {
  const [, digits] = /^([1-9]\d{0,14})_/.exec(token) ?? [];
  if (digits === undefined) return undefined;
  const [given, right] = [Buffer.from(token), Buffer.from(streamToken(Number(digits)))];
  return given.length === right.length && timingSafeEqual(given, right) ? Number(digits) : undefined;
}
