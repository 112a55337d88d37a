/** Kinds whose senders only know a URL: the source's id in it tells whose records these are. */
const namedInPath: ReadonlySet<string> = new Set(["kubernetes-audit"]);

/** @param origin as in `https://daybook.example.org` @returns where a source posts its records */
export function ingestUrl(origin: string, { id, kind }: { id: string; kind: string }): string {
  const path = namedInPath.has(kind) ? `${kind}/${id}` : kind;
  return new URL(`/api/v1/ingest/${path}`, origin).href;
}
