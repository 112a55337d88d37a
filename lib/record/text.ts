/**
 * A text as PostgreSQL can hold it: NUL, which it cannot, becomes its picture, U+2400. The raw record keeps
 * the byte.
 */
export function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\u2400") : text;
}
