import type { Mask } from "./redact-walk.ts";

const literal = String.raw`(?:(?:[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$))|(?:[uU]&|[bBnNxX])?'(?:[^']|'')*(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\2\$|$))`;
/** `PASSWORD 'x'`, `password = 'x'`, `IDENTIFIED BY 'x'`. */
const statement = new RegExp(
  String.raw`(\b(?:password|passwd|pwd|passphrase|secret|identified\s{1,100}by)"?\s{0,100}(?:=>|:=|=)?\s{0,100})${literal}`,
  "gi",
);
/** `password=x` of connection strings, which stand within literals. */
const parameter = /(\b(?:password|passwd|pwd|sslpassword)=)([^\s'"(),;&$]+)(?!\s*\()/gi;
/** `"password": "x"` of JSON within literals. */
const member = /("(?:password|passwd|pwd|secret|token)"\s{0,100}:\s{0,100})"((?:[^"\\]|\\[\s\S])*)(?:"|$)/gi;
/** `postgresql://ann:x@host`. */
const address = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@'"]{0,256}:)([^\s@/'"]{1,1024})(?=@)/gi;
/** `$1 = 'x'` of the details of a prepared statement. */
const bound = /(\$\d+ = )'((?:[^']|'')*)(?:'|$)/g;

/** Without one of these a text is not taken apart. */
const hint = /passw|pwd|passphrase|secret|identified/i;
const secretWord = /^"?(?:password|passwd|pwd|passphrase|secret)"?$/i;
/** Comments, literals, names, numbers of parameters and operators of PostgreSQL; else a character. */
const token = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`/\*`,
    String.raw`(?<quoted>[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|(?:[uU]&|[bBnNxX])?'(?:[^']|'')*(?:'|$))`,
    String.raw`(?<dollars>\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\k<tag>\$|$))`,
    String.raw`(?<name>"(?:[^"]|"")*(?:"|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`\$\d+`,
    "(?<operator>:=|=>|=)",
    String.raw`\S`,
  ].join("|"),
  "g",
);
/** Statements in literals of statements, as a function's body has them. */
const mostDepth = 4;

/**
 * Masks what a statement says where a password or a secret is expected, however the literal is written. It is read as
 * PostgreSQL reads it: a word within a literal or a comment must not make what comes behind it vanish.
 */
export function redactSql(text: string, mask: Mask): string {
  return redactParts(redactLiterals(text, mask, 0), mask);
}

/** The same for texts that quote statements, as messages do, and for what cannot be read. */
export function redactQuotedSql(text: string, mask: Mask): string {
  return redactParts(
    text.replace(statement, (whole, head: string) => `${head}'${mask(valueOf(whole.slice(head.length)))}'`),
    mask,
  );
}

function redactLiterals(text: string, mask: Mask, depth: number): string {
  if (depth > mostDepth || !hint.test(text)) return text;
  const reader = new RegExp(token);
  const pieces: string[] = [];
  let kept = 0;
  let word = "";
  let isExpected = false;
  for (let found = reader.exec(text); found; found = reader.exec(text)) {
    const [whole] = found;
    const { quoted, dollars, tag = "", name, operator } = found.groups ?? {};
    const literal = quoted ?? dollars;
    if (whole.startsWith("--")) continue;
    if (whole === "/*") {
      reader.lastIndex = endOfComment(text, reader.lastIndex);
      continue;
    }
    if (literal !== undefined) {
      const told = isExpected
        ? `'${mask(valueOf(literal))}'`
        : redactWithin(literal, tag, (inner) => redactLiterals(inner, mask, depth + 1));
      pieces.push(text.slice(kept, found.index), told);
      kept = reader.lastIndex;
    } else if (name !== undefined)
      isExpected = secretWord.test(name) || (/^by$/i.test(name) && /^identified$/i.test(word));
    else if (operator === undefined) isExpected = false;
    word = name ?? "";
  }
  return pieces.join("") + text.slice(kept);
}

/** A literal with the statements masked that it holds. */
function redactWithin(literal: string, tag: string, redact: (inner: string) => string): string {
  if (literal.startsWith("$")) {
    const fence = `$${tag}$`;
    const isEnded = literal.length >= 2 * fence.length && literal.endsWith(fence);
    const to = literal.length - (isEnded ? fence.length : 0);
    return fence + redact(literal.slice(fence.length, to)) + literal.slice(to);
  }
  const from = literal.indexOf("'") + 1;
  const to = literal.length > from && literal.endsWith("'") ? literal.length - 1 : literal.length;
  const inner = literal.slice(from, to).replaceAll("''", "'");
  const redacted = redact(inner);
  if (redacted === inner) return literal;
  return literal.slice(0, from) + redacted.replaceAll("'", "''") + literal.slice(to);
}

/** Comments of PostgreSQL may hold comments. */
function endOfComment(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let open = 1;
  for (let found = edge.exec(text); found; found = edge.exec(text)) {
    open += found[0] === "/*" ? 1 : -1;
    if (open === 0) return edge.lastIndex;
  }
  return text.length;
}

function redactParts(text: string, mask: Mask): string {
  return text
    .replace(member, (_whole, head: string, value: string) => `${head}"${mask(value)}"`)
    .replace(parameter, (_whole, head: string, value: string) => head + maskOnce(value, mask))
    .replace(address, (_whole, head: string, value: string) => head + maskOnce(value, mask));
}

/** Masks the values of bound parameters, as in `Parameters: $1 = 'x', $2 = NULL`. */
export function redactParameters(text: string, mask: Mask): string {
  return text.replace(
    bound,
    (_whole, head: string, value: string) => `${head}'${mask(value.replaceAll("''", "'"))}'`,
  );
}

function maskOnce(value: string, mask: Mask): string {
  return value.startsWith("[masked") ? value : mask(value);
}

/** What a literal says; its escapes are left as they are but for doubled quotes. */
function valueOf(written: string): string {
  const plain = written.replace(/^[^'$]*/, "");
  if (plain.startsWith("$")) return plain.replace(/^\$\w*\$|\$\w*\$$/g, "");
  return plain.replace(/^'|'$/g, "").replaceAll("''", "'");
}
