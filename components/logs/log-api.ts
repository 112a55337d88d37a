import type { QueryError } from "@/lib/logs/query.ts";

/** Daybook's own API as the pages use it, with the session's cookie. Answers are typed, failures thrown. */

/** A row of a log: the columns of its view, and always `id` and `time`. */
export type Row = { id: string; time: string; [field: string]: string | number | null };

export type Page = {
  rows: Row[];
  /** Where the next page begins; null at the end of what matches. */
  nextCursor: string | null;
  /** How far a page has looked that ran out of time before it was full. */
  scannedTo: string | null;
  complete: boolean;
  /** From where live rows go on after a first page. */
  position: string | null;
};

export type Histogram = {
  from: string;
  to: string;
  /** The oldest rows where they are left out for the sake of the others. */
  earlier: { rows: number; from: string } | null;
  widthMs: number;
  buckets: { start: string; counts: { [value: string]: number } }[];
  complete: boolean;
  scannedTo: string | null;
};

export type ValueCount = { value: string; count: number };

export type RowDetail = {
  row: Row;
  /** As received, secrets masked; null for what Daybook made from other records. */
  raw: string | null;
  rawEncoding: "utf8" | "base64" | null;
  source: { id: string; name: string; kind: string } | null;
  receivedAt: string | null;
  /** Every stage of what the row tells of, earliest first. */
  stages: Row[];
};

export type SavedView = {
  id: string;
  log: string;
  name: string;
  query: string;
  shared: boolean;
  mine: boolean;
};

export type ExportState = {
  id: string;
  state: "running" | "complete" | "failed" | "cancelled";
  rows: number | null;
  /** Rows that it will have, where they were counted before. */
  total: number | null;
  bytes: number;
  sha256: string | null;
  error: string | null;
};

/** An RFC 9457 answer, or none at all (status 0). */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly requestId: string | undefined;
  readonly errors: readonly QueryError[];

  constructor(message: string, status: number, requestId?: string, errors: readonly QueryError[] = []) {
    super(message);
    this.status = status;
    this.requestId = requestId;
    this.errors = errors;
  }
}

type Problem = { title?: string; detail?: string; requestId?: string; errors?: QueryError[] };

async function problemOf(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get("content-type")?.includes("json") ?? false;
  const problem: Problem = isProblem ? await response.json() : {};
  const message =
    problem.detail ?? problem.title ?? `The server answered ${response.status} ${response.statusText}.`;
  return new ApiError(message, response.status, problem.requestId, problem.errors);
}

/**
 * Calls the API.
 * @param path below `/api/v1`
 * @throws ApiError for every answer but a 2xx, and when no answer came; AbortError when it was called off
 */
export async function callApi<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      ...init,
      headers: { accept: "application/json", ...init.headers },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new ApiError("The server cannot be reached.", 0);
    throw error;
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as Answer;
  return response.json() as Promise<Answer>;
}

function sendJson<Answer>(path: string, method: string, body: object): Promise<Answer> {
  return callApi(path, {
    method,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

/** @param params the filters of the page; @param after the cursor of the page before */
export function fetchPage(
  slug: string,
  params: URLSearchParams,
  { after, limit, signal }: { after: string | null; limit: number; signal: AbortSignal },
): Promise<Page> {
  const query = new URLSearchParams(params);
  query.set("limit", String(limit));
  if (after !== null) query.set("after", after);
  return callApi(`/logs/${slug}?${query}`, { signal });
}

/** @param key time~id */
export function fetchRow(slug: string, key: string, signal: AbortSignal): Promise<RowDetail> {
  return callApi(`/logs/${slug}/rows/${encodeURIComponent(key)}`, { signal });
}

export async function fetchValues(
  slug: string,
  filter: string,
  match: string,
  signal: AbortSignal,
): Promise<ValueCount[]> {
  const query = new URLSearchParams({ filter, match });
  const answer = await callApi<{ values: ValueCount[] }>(`/logs/${slug}/values?${query}`, { signal });
  return answer.values;
}

export function fetchHistogram(
  slug: string,
  params: URLSearchParams,
  signal: AbortSignal,
): Promise<Histogram> {
  return callApi(`/logs/${slug}/histogram?${params}`, { signal });
}

/** @param slug of the log whose saved views are wanted; undefined for all */
export async function fetchSavedViews(slug: string | undefined, signal: AbortSignal): Promise<SavedView[]> {
  const ofLog = slug === undefined ? "" : `?${new URLSearchParams({ log: slug })}`;
  const answer = await callApi<{ savedViews: SavedView[] }>(`/saved-views${ofLog}`, { signal });
  return answer.savedViews;
}

export function createSavedView(view: {
  log: string;
  name: string;
  query: string;
  shared: boolean;
}): Promise<SavedView> {
  return sendJson("/saved-views", "POST", view);
}

export function deleteSavedView(id: string): Promise<void> {
  return callApi(`/saved-views/${id}`, { method: "DELETE" });
}

export function fetchExport(id: string, signal: AbortSignal): Promise<ExportState> {
  return callApi(`/exports/${id}`, { signal });
}

export function cancelExport(id: string): Promise<void> {
  return callApi(`/exports/${id}`, { method: "DELETE" });
}
