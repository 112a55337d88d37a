import { once } from "node:events";
import { createWriteStream, type WriteStream, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import { asciicastV2Text } from "@/lib/recordings/asciicast.ts";
import type { RecordedCommand } from "@/lib/recordings/commands.ts";
import type { TextLine } from "@/lib/recordings/emitted.ts";
import { fileSource, type RecordingPart } from "@/lib/recordings/input.ts";
import { readRecording } from "@/lib/recordings/read.ts";
import { type ScreenSummary, watchScreen } from "@/lib/recordings/screen.ts";
import { type Finding, Findings, RecordingError, type RecordingInfo } from "@/lib/recordings/session.ts";
import { unpackRecording } from "@/lib/recordings/unpack.ts";

/** What was made of a recording, beside the files that lie next to it. Times in microseconds. */
export type ConversionSummary = {
  info: RecordingInfo;
  screen: ScreenSummary;
  findings: Finding[];
  /** The starts of the segments, `segment-0.json.gz` and on. */
  segmentStartsUs: number[];
  commands: RecordedCommand[];
};

/** Lines of text that are searched together. */
export type TextChunk = { times: number[]; text: string };

/** UTF-16 units of a chunk, about: small enough to point at a line, large enough for few rows. */
const chunkUnits = 4096;
const mostCommands = 50_000;
const gzipLevel = 4;

/**
 * Turns a recording of any format into what is served of it. Writes `recording.cast.gz` (asciicast v2),
 * `segment-N.json.gz` (for the player), `text.txt.gz` (for people), `chunks.ndjson` (for the search) and
 * `summary.json` into `folder`. Reads files of any size in flat memory, hostile ones too.
 *
 * @param folder an empty folder; a subfolder `unpacked` may be left in it
 * @throws RecordingError when nothing can be made of it
 */
export async function convertRecording(
  files: readonly RecordingPart[],
  folder: string,
): Promise<ConversionSummary> {
  const scratch = path.join(folder, "unpacked");
  await mkdir(scratch);
  const { parts, close } = await unpackRecording(files, scratch, new Findings());
  try {
    // Once for the file that players and people take away, once in the terminal: what was wrong counts once.
    const session = readRecording(parts, new Findings());
    const cast = new GzipFile(path.join(folder, "recording.cast.gz"));
    for (const piece of asciicastV2Text(session)) await cast.write(piece);
    await cast.end();
    return await watch(parts, folder);
  } finally {
    close();
  }
}

async function watch(parts: readonly RecordingPart[], folder: string): Promise<ConversionSummary> {
  const findings = new Findings();
  const session = readRecording(parts, findings);
  const segmentStartsUs: number[] = [];
  const commands: RecordedCommand[] = [];
  const text = new GzipFile(path.join(folder, "text.txt.gz"));
  const chunks = new ChunkFile(path.join(folder, "chunks.ndjson"));
  const items = watchScreen(session, findings);
  let step = items.next();
  for (; !step.done; step = items.next()) {
    const item = step.value;
    if (item.kind === "line") {
      await text.write(textLine(item.line));
      await chunks.add(item.line);
    } else if (item.kind === "command") {
      if (commands.length < mostCommands) commands.push(item.command);
    } else {
      const { startUs, ...segment } = item.segment;
      const file = path.join(folder, `segment-${segmentStartsUs.length}.json.gz`);
      writeFileSync(file, gzipSync(JSON.stringify(segment), { level: gzipLevel }));
      segmentStartsUs.push(startUs);
    }
  }
  await Promise.all([text.end(), chunks.end()]);
  const summary = {
    info: session.info,
    screen: step.value,
    findings: findings.list(),
    segmentStartsUs,
    commands,
  };
  writeFileSync(path.join(folder, "summary.json"), JSON.stringify(summary));
  return summary;
}

/** A line of the text as people and log collectors read it: minutes, seconds and thousandths, then what was shown. */
function textLine({ timeUs, text }: TextLine): string {
  const ms = Math.floor(timeUs / 1000);
  const clock = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return `${clock}.${String(ms % 1000).padStart(3, "0")}  ${text}\n`;
}

class GzipFile {
  private readonly gzip = createGzip({ level: gzipLevel });
  private readonly written: Promise<void>;

  constructor(file: string) {
    this.written = pipeline(this.gzip, createWriteStream(file));
    // Reported by `end`; until then nobody waits for it.
    this.written.catch(() => undefined);
  }

  async write(text: string): Promise<void> {
    if (!this.gzip.write(text)) await Promise.race([once(this.gzip, "drain"), this.written]);
  }

  async end(): Promise<void> {
    this.gzip.end();
    await this.written;
  }
}

/** The lines that are searched together, one JSON object for each chunk. */
class ChunkFile {
  private readonly output: WriteStream;
  private readonly written: Promise<void>;
  private times: number[] = [];
  private lines: string[] = [];
  private units = 0;

  constructor(file: string) {
    this.output = createWriteStream(file);
    this.written = finished(this.output);
    this.written.catch(() => undefined);
  }

  async add({ timeUs, text }: TextLine): Promise<void> {
    if (text === "") return;
    this.times.push(timeUs);
    this.lines.push(text);
    this.units += text.length;
    if (this.units >= chunkUnits) await this.cut();
  }

  async end(): Promise<void> {
    await this.cut();
    this.output.end();
    await this.written;
  }

  private async cut(): Promise<void> {
    if (this.lines.length === 0) return;
    const chunk: TextChunk = { times: this.times, text: this.lines.join("\n") };
    this.times = [];
    this.lines = [];
    this.units = 0;
    if (!this.output.write(`${JSON.stringify(chunk)}\n`))
      await Promise.race([once(this.output, "drain"), this.written]);
  }
}

/** What a conversion in a process of its own says at its end. */
export type ConversionOutcome = { summary: ConversionSummary } | { fault: string };

/** Converts the file at `input`; what is wrong with the recording is an answer, what is wrong here is thrown. */
export async function convertFile(input: string, folder: string): Promise<ConversionOutcome> {
  const source = fileSource(input);
  try {
    return { summary: await convertRecording([{ name: "recording", source }], folder) };
  } catch (error) {
    if (error instanceof RecordingError) return { fault: error.message };
    throw error;
  } finally {
    source.close();
  }
}
