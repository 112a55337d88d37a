import { applyEdits, type Edit } from "./json-edit.ts";
import { decodeString, elements, members, scanDocument, typeAt } from "./json-scan.ts";
import type { Mask } from "./redact-walk.ts";

/** Names of headers, cookies and fields whose whole value is a secret, with what loggers put before them. */
const secretName =
  /^(?:request_|downstream_|origin_|http_|sent_http_|req\.|resp\.)?(?:authorization|proxy[-_]authorization|cookie|set[-_]cookie|x[-_]api[-_]key|x[-_]auth[-_]token|x[-_]csrf[-_]token|password|passwd|secret|token|access_token|refresh_token|id_token|session_?id|session|sid)$/i;
/** Names of parameters in a query string whose value is a secret. */
const secretParameter =
  /^(?:[\w.[\]-]*(?:token|secret|passw(?:or)?d|passwd|pwd|api[-_]?key|access[-_]?key|signature|credential|jwt|session|assertion|saml\w*)[\w.[\]-]*|sig|sid|key|auth|code|otp|state|nonce)$/i;
const parameter = /([?&;#]|^)([^=&;#?\s]{1,128})=([^&;#\s"]*)/g;
/** The same within the value of another, which holds a URL: as it is, or percent-encoded. */
const nested = /(?:\?|%3F|%26|%23)([^=&;#?\s%]{1,128})(?:=|%3D)((?:(?!%26|%23|%3F)[^&;#?\s"])*)/gi;
const masked = /^\[masked sha256:[0-9a-f]{16}\]/;
const userInfo = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@?#:]{0,256}:)([^\s/@?#]{1,1024})(?=@)/gi;

/** Masks what a URL, or a request line with one, says under the names of secrets. */
export function redactUrl(text: string, mask: Mask): string {
  return text
    .replace(parameter, (whole, before: string, name: string, value: string, at: number, all: string) => {
      if (before === "" || value === "" || !secretParameter.test(decoded(name))) return whole;
      // A record that is tried again was masked before.
      if (masked.test(all.slice(at + whole.length - value.length, at + whole.length - value.length + 40)))
        return whole;
      return `${before}${name}=${mask(value)}`;
    })
    .replace(nested, (whole, name: string, value: string) => {
      const isSecret = value !== "" && !value.startsWith("[masked") && secretParameter.test(decoded(name));
      return isSecret ? whole.slice(0, whole.length - value.length) + mask(value) : whole;
    })
    .replace(userInfo, (_whole, head: string, value: string) => head + mask(value));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // Not percent-encoding: the name is what it is.
    return name;
  }
}

/**
 * Masks secrets in one JSON record about an HTTP request, wherever they lie in it: values of secret names whole, and
 * parameters of URLs in all other texts. The other bytes stay as they were.
 * @param also a further name whose value is a secret
 * @throws {JsonError} when the bytes are not one JSON document
 */
export function redactHttpJson(raw: Uint8Array, mask: Mask, also?: string): Uint8Array {
  const { start } = scanDocument(raw);
  const edits: Edit[] = [];
  const value = (at: number, end: number, name: string): void => {
    const type = typeAt(raw, at);
    const secret = secretName.test(name) || name === also;
    if (type === "object") {
      for (const { key, valueRange } of members(raw, at))
        value(valueRange.start, valueRange.end, secret ? name : key);
    } else if (type === "array") {
      for (const range of elements(raw, at)) value(range.start, range.end, name);
    } else if (type === "string") {
      const text = decodeString(raw, { start: at, end });
      const masked = !secret ? redactUrl(text, mask) : text === "" || text === "-" ? text : mask(text);
      if (masked !== text) edits.push({ start: at, end, text: JSON.stringify(masked) });
    } else if (secret && type === "number")
      edits.push({ start: at, end, text: JSON.stringify(mask(raw.slice(at, end))) });
  };
  value(start, raw.length, "");
  return applyEdits(raw, edits);
}
