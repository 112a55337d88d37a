import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import type { RecordingSearch } from "../search-parameters.ts";
import { recordingScope } from "./read.ts";
import { recordSearch } from "./readers.ts";
import { searchRecordings } from "./search.ts";

/** {@link searchRecordings} in what somebody may see; what they are shown is in the audit log before they see it. */
export async function searchAs(
  principal: Principal,
  words: string,
  search: RecordingSearch,
): ReturnType<typeof searchRecordings> {
  const found = await searchRecordings(recordingScope(principal), words, search);
  await recordSearch(principal, words, search.recordingId, found.hits);
  return found;
}
