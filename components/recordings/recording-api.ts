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

/** Lines of one recording that hold the words, in order. */
export async function searchRecording(
  id: string,
  words: string,
  signal: AbortSignal,
): Promise<RecordingHit[]> {
  const query = new URLSearchParams({ q: words, recording: id });
  const { hits } = await callApi<{ hits: RecordingHit[] }>(`/recordings/search?${query}`, { signal });
  return hits;
}
