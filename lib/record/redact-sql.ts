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

/** Masks what an SQL text says where a password or a secret is expected, however the literal is written. */
export function redactSql(text: string, mask: Mask): string {
  return text
    .replace(statement, (whole, head: string) => `${head}'${mask(valueOf(whole.slice(head.length)))}'`)
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
