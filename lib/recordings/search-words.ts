/**
 * The words of a text as the search knows them, in small letters: runs of letters, digits and the marks that belong
 * to a letter. Of what is neither, such as `%` or an emoji, nothing can be looked for.
 */
export function searchWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}
