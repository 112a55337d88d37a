import type { RecordingPart } from "@/lib/recordings/input.ts";
import type { Findings, RecordingSession } from "@/lib/recordings/session.ts";

/** One format of recordings: how it is recognized and how it becomes the stored form. */
export type RecordingFormat = {
  name: string;
  label: string;
  /** Whether the contents look like this format; never by a file's name alone. Reads a few kilobytes at most. */
  detect(parts: readonly RecordingPart[]): boolean;
  /**
   * Reads the head at once and the events as they are asked for. Times may be out of order, no number, or far
   * away, sizes and lengths out of bounds: lib/recordings/orderly.ts repairs that for all formats.
   * @throws RecordingError when nothing can be made of it; the events may throw it too
   */
  open(parts: readonly RecordingPart[], findings: Findings): RecordingSession;
};

/** The first bytes of a part. */
export function headOf(part: RecordingPart, length = 4096): Uint8Array {
  return part.source.read(0, length);
}

/** The only part, where a format is one file. */
export function onlyPart(parts: readonly RecordingPart[]): RecordingPart | undefined {
  return parts.length === 1 ? parts[0] : undefined;
}
