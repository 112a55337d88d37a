const PLAIN = /^[\w@%+=:,./-]+$/;
/** C0 and C1 controls, line separators, and what changes the order or the look of a line. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/** Arguments as one line for a POSIX shell, in bash's `$'…'` where one holds what cannot be printed. */
export function shellQuote(args: readonly string[]): string {
  return args.map(quoteArgument).join(" ");
}

function quoteArgument(text: string): string {
  if (PLAIN.test(text)) return text;
  if (text.search(UNPRINTABLE) < 0) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${text.replace(/[\\']/g, "\\$&").replace(UNPRINTABLE, escapeCharacter)}'`;
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\u001b": "\\e" };

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return named[character] ?? (code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
