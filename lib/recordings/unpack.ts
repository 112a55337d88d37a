import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip } from "node:zlib";
import { type ByteSource, chunksOf, fileSource, type RecordingPart } from "@/lib/recordings/input.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { type Findings, RecordingError } from "@/lib/recordings/session.ts";
import { isTarHeader, tarParts } from "@/lib/recordings/tar.ts";

const PIECE = 16 * 1024;

/**
 * The files of a recording with gzip and tar undone: a tar becomes its files, each gunzipped, without reading
 * any of them whole into memory.
 *
 * @param folder an empty folder of the caller's, for what is gunzipped; the caller removes it after `close`
 * @throws RecordingError beyond `bytes`, `ratio` or `parts` of lib/recordings/limits.ts
 */
export async function unpackRecording(
  files: readonly RecordingPart[],
  folder: string,
  findings: Findings,
): Promise<{ parts: RecordingPart[]; close(): void }> {
  const scratch = new Scratch(folder, findings);
  try {
    const parts: RecordingPart[] = [];
    for (const file of files) {
      const plain = await scratch.gunzipped(file);
      if (!isTarHeader(plain.source.read(0, 512))) parts.push(plain);
      else for (const member of tarParts(plain.source, findings)) parts.push(await scratch.gunzipped(member));
      if (parts.length > recordingLimits.parts) {
        throw new RecordingError("recording", `has more than ${recordingLimits.parts} files`);
      }
    }
    return { parts, close: () => scratch.close() };
  } catch (error) {
    scratch.close();
    throw error;
  }
}

class Scratch {
  private readonly open: { close(): void }[] = [];
  private used = 0;

  constructor(
    private readonly folder: string,
    private readonly findings: Findings,
  ) {}

  close(): void {
    for (const source of this.open.splice(0)) source.close();
  }

  async gunzipped(part: RecordingPart): Promise<RecordingPart> {
    const [first, second, third] = part.source.read(0, 3);
    if (first !== 0x1f || second !== 0x8b || third !== 8) return part;
    const file = path.join(this.folder, String(this.open.length));
    const size = await this.inflate(part, file);
    if (size % 2 ** 32 !== claimedLength(part.source) && !(await isWhole(part.source))) {
      this.findings.add(
        "truncated",
        undefined,
        "A compressed file is cut off or damaged: its beginning was read.",
      );
    }
    const source = fileSource(file);
    this.open.push(source);
    return { name: part.name.replace(/\.gz$/, ""), source };
  }

  private async inflate(part: RecordingPart, file: string): Promise<number> {
    const ratioLimit = Math.max(1024 * 1024, part.source.size * recordingLimits.ratio);
    const output = openSync(file, "wx", 0o600);
    let size = 0;
    try {
      // With this flush mode the end of a file that was cut off is no error, and all before it is kept.
      await gunzip(part.source, constants.Z_SYNC_FLUSH, (chunk) => {
        size += chunk.length;
        this.used += chunk.length;
        if (size > ratioLimit) {
          throw new RecordingError(part.name, `unpacks to more than ${recordingLimits.ratio} times its size`);
        }
        if (this.used > recordingLimits.bytes) {
          throw new RecordingError(part.name, `unpacks to more than ${recordingLimits.bytes} bytes`);
        }
        writeSync(output, chunk);
      });
    } catch (error) {
      // Damage in the middle: the finding comes from the second look.
      if (!isZlibError(error)) throw error;
    } finally {
      closeSync(output);
    }
    return size;
  }
}

async function gunzip(source: ByteSource, finishFlush: number, take: (chunk: Buffer) => void): Promise<void> {
  await pipeline(pieces(source), createGunzip({ finishFlush }), async (output: AsyncIterable<Buffer>) => {
    for await (const chunk of output) take(chunk);
  });
}

function* pieces(source: ByteSource): Generator<Uint8Array, void> {
  for (const chunk of chunksOf(source)) {
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
  }
}

async function isWhole(source: ByteSource): Promise<boolean> {
  try {
    await gunzip(source, constants.Z_FINISH, () => undefined);
    return true;
  } catch (error) {
    if (isZlibError(error)) return false;
    throw error;
  }
}

/** The length that stands at the end of a gzip member (RFC 1952, ISIZE), and is no more than a claim. */
function claimedLength(source: ByteSource): number {
  if (source.size < 18) return -1;
  return Buffer.from(source.read(source.size - 4, 4)).readUInt32LE(0);
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_")
  );
}
