import { applyEdits, type Edit, escapeText, locateText } from "@/lib/record/json-edit.ts";
import { type ByteRange, decodeString, scanDocument, scanValue, typeAt } from "@/lib/record/json-scan.ts";
import { JsonError, scanScalar, scanString, skipBlanks } from "@/lib/record/json-tokens.ts";

export type RuleId =
  | "kubernetes-secrets"
  | "kubernetes-tokens"
  | "environment"
  | "sql-passwords"
  | "http-secrets";

export type Mask = (secret: Uint8Array | string) => string;

/** `sensitive`: within a Secret, a list of them, or what holds a token. */
type Scope = { sensitive: boolean; embedded: number };

const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
const BACKSLASH = 0x5c;

/** Longer keys hold no name that a rule knows, even with all of its letters escaped. */
const LONGEST_KEY = 320;
/** JSON in JSON in JSON: deeper than this a text is masked as a whole. */
const MAX_EMBEDDED = 4;

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const WEBHOOK_PATCH = "patch.webhook.admission.k8s.io/";
/** Of the other keys that rules know: env, kind, data, path, token, value, runenv, message, submitenv, stringData. */
const knownLengths = new Set([3, 4, 5, 6, 7, 9, 10]);
const sensitiveKinds = new Set(["secret", "secretlist", "tokenreview", "tokenrequest"]);

/**
 * Replaces what the rules name by its mask in one JSON document, leaving all other bytes alone. Names are
 * compared without case and with escapes undone; of repeated keys each one counts; values of a wrong type are
 * masked too.
 * @param sensitive whether the whole document is known to be about Secrets or tokens
 * @throws {JsonError} when the bytes are not one JSON document, or nested too deeply
 */
export function redactJson(
  bytes: Uint8Array,
  rules: ReadonlySet<RuleId>,
  mask: Mask,
  sensitive: boolean,
): Uint8Array {
  const { start } = scanDocument(bytes);
  const walk = new Walk(bytes, rules, mask);
  walk.value(start, { sensitive, embedded: 0 });
  return applyEdits(bytes, walk.edits);
}

/** One pass over a document that was scanned before; only an object found to be a Secret is passed twice. */
class Walk {
  readonly edits: Edit[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    private readonly rules: ReadonlySet<RuleId>,
    private readonly mask: Mask,
  ) {}

  /** @returns the offset after the value that begins at `start` */
  value(start: number, scope: Scope): number {
    const type = typeAt(this.bytes, start);
    if (type === "object") return this.object(start, scope);
    if (type === "array") return this.array(start, (at) => this.value(at, scope));
    return scanScalar(this.bytes, start);
  }

  private array(start: number, element: (at: number) => number): number {
    let at = skipBlanks(this.bytes, start + 1);
    while (this.bytes[at] !== CLOSE_ARRAY) {
      at = skipBlanks(this.bytes, element(at));
      if (this.bytes[at] !== CLOSE_ARRAY) at = skipBlanks(this.bytes, at + 1);
    }
    return at + 1;
  }

  /** Calls `member` with the key in lower case and where the value begins; it returns where the value ends. */
  private eachMember(start: number, member: (key: string, at: number) => number): number {
    let at = skipBlanks(this.bytes, start + 1);
    while (this.bytes[at] !== CLOSE_OBJECT) {
      const keyEnd = scanString(this.bytes, at);
      const key = this.nameAt(at, keyEnd);
      const valueStart = skipBlanks(this.bytes, skipBlanks(this.bytes, keyEnd) + 1);
      at = skipBlanks(this.bytes, member(key, valueStart));
      if (this.bytes[at] !== CLOSE_OBJECT) at = skipBlanks(this.bytes, at + 1);
    }
    return at + 1;
  }

  /** The key in lower case, or "" where it can be none that a rule knows. */
  private nameAt(start: number, end: number): string {
    const length = end - start - 2;
    if (length > LONGEST_KEY) return "";
    let known = knownLengths.has(length) || length >= WEBHOOK_PATCH.length;
    for (let at = start + 1; !known && at < end; at++) known = this.bytes[at] === BACKSLASH;
    return known ? decodeString(this.bytes, { start, end }).toLowerCase() : "";
  }

  private object(start: number, scope: Scope): number {
    const before = this.edits.length;
    let sensitiveKind = false;
    const patch: { paths: string[]; values: ByteRange[] } = { paths: [], values: [] };
    const end = this.eachMember(start, (key, at) => {
      const valueEnd = this.member(key, at, scope);
      const range = { start: at, end: valueEnd };
      if (key === "value") patch.values.push(range);
      else if (key === "path") patch.paths.push(this.stringAt(range) ?? "");
      else if (key === "kind")
        sensitiveKind ||= sensitiveKinds.has(this.stringAt(range)?.toLowerCase() ?? "");
      return valueEnd;
    });
    if (sensitiveKind && !scope.sensitive) {
      this.edits.length = before;
      return this.object(start, { ...scope, sensitive: true });
    }
    for (const path of patch.values.length > 0 ? patch.paths : []) {
      for (const value of patch.values) this.patchValue(path.toLowerCase(), value, scope);
    }
    return end;
  }

  private member(key: string, at: number, scope: Scope): number {
    if (key === "env" || key === "runenv" || key === "submitenv") {
      if (this.rules.has("environment") && typeAt(this.bytes, at) === "array")
        return this.environment(at, scope);
    } else if (key === LAST_APPLIED || key.startsWith(WEBHOOK_PATCH)) {
      if (typeAt(this.bytes, at) === "string") return this.embedded(at, scope);
    } else if (scope.sensitive) {
      if ((key === "data" || key === "stringdata") && this.rules.has("kubernetes-secrets"))
        return this.maskMembers(at);
      if (key === "token" && this.rules.has("kubernetes-tokens")) return this.maskWhole(at);
      if (key === "message" && this.rules.has("kubernetes-secrets") && this.quotesBody(at))
        return this.maskWhole(at);
    }
    return this.value(at, scope);
  }

  /** Old API servers quote the body that they could not decode in the message of the error. */
  private quotesBody(at: number): boolean {
    const text = this.stringAt({ start: at, end: scanValue(this.bytes, at) });
    return text?.includes("bigger context") ?? false;
  }

  /** An operation of a JSON patch says in `path` what its `value` is. */
  private patchValue(path: string, range: ByteRange, scope: Scope): void {
    if (this.rules.has("environment")) {
      if (/\/env\/[^/]*\/value$/.test(path)) this.maskWhole(range.start);
      else if (/\/env\/[^/]*$/.test(path)) this.environmentEntry(range.start, scope);
      else if (path.endsWith("/env") && typeAt(this.bytes, range.start) === "array")
        this.environment(range.start, scope);
    }
    if (
      path.endsWith(`/${LAST_APPLIED.replace("/", "~1")}`) &&
      typeAt(this.bytes, range.start) === "string"
    ) {
      this.embedded(range.start, scope);
    }
    if (!scope.sensitive) return;
    if (this.rules.has("kubernetes-secrets") && /^\/(?:string)?data(?:\/|$)/.test(path)) {
      if (path.indexOf("/", 1) < 0) this.maskMembers(range.start);
      else this.maskWhole(range.start);
    }
    if (this.rules.has("kubernetes-tokens") && path.endsWith("/token")) this.maskWhole(range.start);
  }

  private environment(start: number, scope: Scope): number {
    return this.array(start, (at) => this.environmentEntry(at, scope));
  }

  /** `{"name": …, "value": …}` of a container, or `"NAME=value"`. */
  private environmentEntry(start: number, scope: Scope): number {
    switch (typeAt(this.bytes, start)) {
      case "object":
        return this.eachMember(start, (key, at) =>
          key === "value" ? this.maskWhole(at) : this.member(key, at, scope),
        );
      case "array":
        return this.environment(start, scope);
      case "string":
        return this.maskAssignment(start);
      default:
        return scanScalar(this.bytes, start);
    }
  }

  private maskAssignment(start: number): number {
    const range = { start, end: scanString(this.bytes, start) };
    const text = locateText(this.bytes, range);
    const sign = text.bytes.indexOf(0x3d);
    const from = text.offsets[sign + 1];
    if (sign < 0 || from === undefined) return this.maskWhole(start);
    this.edits.push({
      start: from,
      end: range.end - 1,
      text: escapeText(this.mask(text.bytes.subarray(sign + 1))),
    });
    return range.end;
  }

  /** The values of an object, or a value of any other type as a whole. */
  private maskMembers(start: number): number {
    if (typeAt(this.bytes, start) !== "object") return this.maskWhole(start);
    return this.eachMember(start, (_key, at) => this.maskWhole(at));
  }

  /** A null says that there is nothing, and stays. */
  private maskWhole(start: number): number {
    const range = { start, end: scanValue(this.bytes, start) };
    const type = typeAt(this.bytes, start);
    if (type === "null") return range.end;
    const secret =
      type === "string" ? locateText(this.bytes, range).bytes : this.bytes.subarray(start, range.end);
    this.edits.push({ ...range, text: JSON.stringify(this.mask(secret)) });
    return range.end;
  }

  /** JSON inside a string. What cannot be read there is masked as a whole. */
  private embedded(start: number, scope: Scope): number {
    const end = scanString(this.bytes, start);
    if (scope.embedded >= MAX_EMBEDDED) return this.maskWhole(start);
    const text = locateText(this.bytes, { start, end });
    const inner = new Walk(text.bytes, this.rules, this.mask);
    try {
      inner.value(scanDocument(text.bytes).start, { ...scope, embedded: scope.embedded + 1 });
    } catch (error) {
      if (error instanceof JsonError) return this.maskWhole(start);
      throw error;
    }
    for (const edit of inner.edits) {
      const from = text.offsets[edit.start];
      const to = text.offsets[edit.end];
      if (from === undefined || to === undefined) throw new RangeError("an edit lies outside of its text");
      this.edits.push({ start: from, end: to, text: escapeText(edit.text) });
    }
    return end;
  }

  private stringAt(range: ByteRange): string | undefined {
    return typeAt(this.bytes, range.start) === "string" ? decodeString(this.bytes, range) : undefined;
  }
}
