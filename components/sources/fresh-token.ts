/**
 * The token of a source that was just made, on its way from the form to the source's page: in this page's
 * memory only, never in an address or the browser's storage.
 */
const tokens = new Map<string, string>();

export function keepToken(sourceId: string, token: string): void {
  tokens.set(sourceId, token);
}

export function peekToken(sourceId: string): string | undefined {
  return tokens.get(sourceId);
}

export function forgetToken(sourceId: string): void {
  tokens.delete(sourceId);
}
