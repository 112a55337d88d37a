/** What stands where a token belongs that is not shown any more. */
export const tokenPlaceholder = "<token>";

/** Kinds whose senders only know a URL: the source's id in it tells whose records these are. */
const namedInPath: ReadonlySet<string> = new Set(["kubernetes-audit"]);

/** @param origin as in `https://daybook.example.org` @returns where a source posts its records */
export function ingestUrl(origin: string, { id, kind }: { id: string; kind: string }): string {
  const path = namedInPath.has(kind) ? `${kind}/${id}` : kind;
  return new URL(`/api/v1/ingest/${path}`, origin).href;
}

/** Puts the address and the token into lines to paste. */
export function fillInstructions(
  text: string,
  { url, token }: { url: string; token: string | undefined },
): string {
  const values: { [name: string]: string } = { "{url}": url, "{token}": token ?? tokenPlaceholder };
  return text.replace(/\{(?:url|token)\}/g, (name) => values[name] ?? name);
}
