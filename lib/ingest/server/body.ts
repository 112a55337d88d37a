import "server-only";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
import { Problem } from "@/lib/http/problem.ts";
import { ingestLimits } from "../limits.ts";
import type { Hold } from "./hold.ts";

const inflate = promisify(gunzip);

/**
 * Reads the whole body of a post, gunzipped where it says gzip.
 * @param hold takes every byte before it is kept
 * @throws Problem 413 beyond a limit, 415 for another encoding, 400 when it is cut off or no gzip, 429 without room
 */
export async function readBody(request: IncomingMessage, hold: Hold): Promise<Uint8Array> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new Problem(415, `Content-Encoding ${encoding} is not accepted: send gzip or none.`, {
      headers: { "accept-encoding": "gzip, identity" },
    });
  }
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > ingestLimits.body) throw tooLarge();
  const body = await readAll(request, hold);
  return encoding === "gzip" ? inflateBounded(body, hold) : body;
}

function tooLarge(): Problem {
  return new Problem(413, `The body is larger than ${ingestLimits.body} bytes: send smaller batches.`);
}

async function readAll(request: IncomingMessage, hold: Hold): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > ingestLimits.body) throw tooLarge();
      hold.take(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, "The body was cut off; nothing of it was stored.", { cause: error });
  }
  if (!request.complete) throw new Problem(400, "The body was cut off; nothing of it was stored.");
  return Buffer.concat(chunks, size);
}

async function inflateBounded(body: Buffer, hold: Hold): Promise<Buffer> {
  const most = Math.min(ingestLimits.inflated, Math.max(1024 * 1024, body.length * ingestLimits.ratio));
  const claimed = claimedLength(body);
  if (claimed <= most) {
    hold.take(claimed);
    const inflated = await inflateUpTo(body, claimed);
    if (inflated) return inflated;
  }
  // Too long, cut off, or several pieces of which only the last one's length was seen.
  const length = await countInflated(body, most);
  hold.take(length);
  return inflate(body);
}

/** The length that stands at the end of a gzip member (RFC 1952, ISIZE), and is no more than a claim. */
function claimedLength(body: Buffer): number {
  return body.length < 18 ? 0 : body.readUInt32LE(body.length - 4);
}

/** @returns undefined when there is more */
async function inflateUpTo(body: Buffer, most: number): Promise<Buffer | undefined> {
  try {
    return await inflate(body, { maxOutputLength: Math.max(most, 1) });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw notWhole(error);
  }
}

/** How long the body is once inflated, without keeping it. @throws Problem 413 as soon as it is more than `most` */
async function countInflated(body: Buffer, most: number): Promise<number> {
  const stream = createGunzip();
  stream.end(body);
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most) break;
    }
  } catch (error) {
    throw notWhole(error);
  }
  if (length <= most) return length;
  throw new Problem(413, `The body inflates to more than ${most} bytes: send smaller batches.`);
}

function notWhole(cause: unknown): Problem {
  return new Problem(400, "The body is not whole gzip; nothing of it was stored.", { cause });
}
