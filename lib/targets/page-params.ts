/** The parameters of a page as the API takes them; one that is given twice stays twice. */
export function pageParams(given: { [name: string]: string | string[] | undefined }): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    for (const one of [value ?? []].flat()) params.append(name, one);
  }
  return params;
}

/** A page's path with its query, as the record names it. */
export function pageResource(path: string, params: URLSearchParams): string {
  return params.size === 0 ? path : `${path}?${params}`;
}
