import "server-only";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Problem } from "@/lib/http/problem.ts";
import { ingestLimits } from "../limits.ts";

const inflate = promisify(gunzip);

/**
 * Reads the whole body of a post, gunzipped where it says gzip.
 * @throws Problem 413 beyond a limit, 415 for another encoding, 400 when it is cut off or no gzip
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new Problem(415, `Content-Encoding ${encoding} is not accepted: send gzip or none.`, {
      headers: { "accept-encoding": "gzip, identity" },
    });
  }
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > ingestLimits.body) throw tooLarge();
  const body = await readAll(request);
  return encoding === "gzip" ? inflateBounded(body) : body;
}

function tooLarge(): Problem {
  return new Problem(413, `The body is larger than ${ingestLimits.body} bytes: send smaller batches.`);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > ingestLimits.body) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, "The body was cut off; nothing of it was stored.", { cause: error });
  }
  if (!request.complete) throw new Problem(400, "The body was cut off; nothing of it was stored.");
  return Buffer.concat(chunks, size);
}

async function inflateBounded(body: Buffer): Promise<Buffer> {
  const most = Math.min(ingestLimits.inflated, Math.max(1024 * 1024, body.length * ingestLimits.ratio));
  try {
    return await inflate(body, { maxOutputLength: most });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new Problem(413, `The body inflates to more than ${most} bytes: send smaller batches.`);
    }
    throw new Problem(400, "The body is not whole gzip; nothing of it was stored.", { cause: error });
  }
}
