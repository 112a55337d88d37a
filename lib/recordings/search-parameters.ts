import { validate as isUuid } from "uuid";
import { textFault } from "@/lib/http/body.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { isInstant } from "@/lib/ingest/rows.ts";
import { type RecordingFilters, readRecordingParameters } from "./recording-parameters.ts";
import { searchWords } from "./search-words.ts";

/** Where a search goes on: behind a text, by the start and id of its recording and its place there. */
export type SearchPlace = { startedAt: string; id: string; place: number };

export type RecordingSearch = RecordingFilters & {
  recordingId?: string;
  after?: SearchPlace;
  /** Texts of a page, each with up to three lines; with all that match, of one recording. */
  limit: number;
};

const mostCharacters = 256;
const noWords = "must hold a letter or a digit: whole words are looked for";

/**
 * Reads the parameters of the API's search: the words, and what a list of recordings may be narrowed to.
 * @throws ApiError 400 that names each wrong one
 */
export function readSearchParameters(params: URLSearchParams): RecordingSearch & { words: string } {
  const words = params.get("q")?.trim() ?? "";
  if (words === "" || words.length > mostCharacters)
    throw badRequest([{ parameter: "q", reason: `must have 1 to ${mostCharacters} characters` }]);
  const fault = textFault(words) ?? (searchWords(words).length === 0 ? noWords : undefined);
  if (fault !== undefined) throw badRequest([{ parameter: "q", reason: fault }]);
  const recordingId = params.get("recording");
  if (recordingId !== null && !isUuid(recordingId))
    throw badRequest([{ parameter: "recording", reason: "must be the id of a recording" }]);
  const cursor = params.get("cursor");
  const after = cursor === null ? undefined : parseSearchPlace(cursor);
  if (cursor !== null && !after)
    throw badRequest([{ parameter: "cursor", reason: "must be the nextCursor of the page before" }]);
  // Of what is deleted no text is left.
  const { deleted: _, after: __, ...filters } = readRecordingParameters(params, ["q", "recording", "cursor"]);
  return { ...filters, words, ...(recordingId !== null && { recordingId }), ...(after && { after }) };
}

/** A place as a cursor. */
export function searchPlaceText({ startedAt, id, place }: SearchPlace): string {
  return `${startedAt}_${id}_${place}`;
}

export function parseSearchPlace(text: string): SearchPlace | undefined {
  const [startedAt = "", id = "", place = "", ...rest] = text.split("_");
  if (!isInstant(startedAt) || !isUuid(id) || !/^\d{1,9}$/.test(place) || rest.length > 0) return undefined;
  return { startedAt, id, place: Number(place) };
}
