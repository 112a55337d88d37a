/** What stands where a token belongs that is not shown any more. */
export const tokenPlaceholder = "<token>";

/** Puts the address and the token into lines to paste. */
export function fillInstructions(
  text: string,
  { url, token }: { url: string; token: string | undefined },
): string {
  const values: { [name: string]: string } = { "{url}": url, "{token}": token ?? tokenPlaceholder };
  return text.replace(/\{(?:url|token)\}/g, (name) => values[name] ?? name);
}
