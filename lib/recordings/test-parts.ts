import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pack } from "tar-stream";
import type { RecordedCommand } from "@/lib/recordings/commands.ts";
import type { TextLine } from "@/lib/recordings/emitted.ts";
import { bytesSource, type RecordingPart } from "@/lib/recordings/input.ts";
import type { KeyFrameRule, Segment } from "@/lib/recordings/key-frames.ts";
import { readRecording } from "@/lib/recordings/read.ts";
import { type ScreenSummary, watchScreen } from "@/lib/recordings/screen.ts";
import { type Finding, Findings, type RecordingInfo, type TerminalEvent } from "@/lib/recordings/session.ts";
import { unpackRecording } from "@/lib/recordings/unpack.ts";

const samples = fileURLToPath(new URL("../../samples/recordings", import.meta.url));

/** A file of samples/recordings as a part. */
export function samplePart(name: string): RecordingPart {
  return part(path.basename(name), readFileSync(path.join(samples, name)));
}

export function part(name: string, content: string | Uint8Array): RecordingPart {
  return { name, source: bytesSource(typeof content === "string" ? Buffer.from(content) : content) };
}

/** A folder of samples/recordings as a tar, as `tar -C folder -c .` makes it. */
export async function sampleTar(folder: string): Promise<RecordingPart> {
  const tar = pack();
  const names = readdirSync(path.join(samples, folder), { recursive: true, withFileTypes: true });
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    tar.entry({ name: path.relative(path.join(samples, folder), file) }, readFileSync(file));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return part("folder.tar", Buffer.concat(chunks));
}

export type Watched = {
  info: RecordingInfo;
  lines: TextLine[];
  commands: RecordedCommand[];
  segments: Segment[];
  summary: ScreenSummary;
  findings: Finding[];
};

/** Unpacks, reads and watches a recording to its end. */
export async function watched(parts: readonly RecordingPart[], rule?: KeyFrameRule): Promise<Watched> {
  return withUnpacked(parts, (plain, findings) => {
    const session = readRecording(plain, findings);
    const result = { lines: [] as TextLine[], commands: [] as RecordedCommand[], segments: [] as Segment[] };
    const screen = watchScreen(session, findings, rule);
    let step = screen.next();
    for (; step.done !== true; step = screen.next()) {
      const item = step.value;
      if (item.kind === "line") result.lines.push(item.line);
      else if (item.kind === "command") result.commands.push(item.command);
      else result.segments.push(item.segment);
    }
    return { info: session.info, ...result, summary: step.value, findings: findings.list() };
  });
}

/** The events of a recording, in the stored form. */
export async function eventsOf(
  parts: readonly RecordingPart[],
): Promise<{ info: RecordingInfo; events: TerminalEvent[]; findings: Finding[] }> {
  return withUnpacked(parts, (plain, findings) => {
    const { info, events } = readRecording(plain, findings);
    return { info, events: [...events], findings: findings.list() };
  });
}

async function withUnpacked<T>(
  parts: readonly RecordingPart[],
  use: (plain: RecordingPart[], findings: Findings) => T,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "daybook-recording-"));
  const findings = new Findings();
  try {
    const unpacked = await unpackRecording(parts, folder, findings);
    try {
      return use(unpacked.parts, findings);
    } finally {
      unpacked.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function textOf(lines: readonly TextLine[]): string {
  return lines.map((line) => line.text).join("\n");
}
