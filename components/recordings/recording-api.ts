import { callApi } from "@/components/logs/log-api.ts";
import type { Playback } from "@/lib/recordings/playback.ts";
import type { RecordingHit, RecordingLine } from "@/lib/recordings/recording-line.ts";
import type { ScreenPicture } from "@/lib/recordings/screen-picture.ts";

/** What the page shows around the player. That somebody plays it is written down by this. @throws ApiError */
export function fetchPlayback(id: string, signal: AbortSignal): Promise<Playback> {
  return callApi(`/recordings/${id}/playback`, { signal });
}

/** What was on the screen at a second. @param seconds of the recording */
export function fetchScreen(id: string, seconds: number, signal: AbortSignal): Promise<ScreenPicture> {
  return callApi(`/recordings/${id}/screen?t=${seconds}`, { signal });
}

export function fetchRecording(id: string, signal: AbortSignal): Promise<RecordingLine> {
  return callApi(`/recordings/${id}`, { signal });
}

/** Hits of one recording that a page shows. */
const mostHits = 1000;

/** Lines of one recording that hold the words, in order. @returns `whole` unless there are more than a page shows */
export async function searchRecording(
  id: string,
  words: string,
  signal: AbortSignal,
): Promise<{ hits: RecordingHit[]; whole: boolean }> {
  type Answer = { hits: RecordingHit[]; nextCursor: string | null };
  const query = new URLSearchParams({ q: words, recording: id, limit: "200" });
  const found: RecordingHit[] = [];
  for (;;) {
    const { hits, nextCursor } = await callApi<Answer>(`/recordings/search?${query}`, { signal });
    found.push(...hits);
    const whole = nextCursor === null && found.length <= mostHits;
    if (nextCursor === null || found.length >= mostHits) return { hits: found.slice(0, mostHits), whole };
    query.set("cursor", nextCursor);
  }
}
