import { scanDocument } from "@/lib/record/json-scan.ts";
import { JsonError } from "@/lib/record/json-tokens.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";

const lenient = new TextDecoder("utf-8");

/**
 * A JSON object of bytes that anybody may have written. Bytes that are no UTF-8 count as U+FFFD.
 * @returns undefined when there is none, or one nested deeper than `recordingLimits.depth`
 */
export function jsonObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  const text = lenient.decode(bytes);
  try {
    scanDocument(Buffer.from(text), recordingLimits.depth);
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
