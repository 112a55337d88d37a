import { applyEdits, type Edit } from "@/lib/record/json-edit.ts";
import { decodeString, members, scanDocument, typeAt } from "@/lib/record/json-scan.ts";
import { redactHttpJson } from "@/lib/record/redact-http.ts";
import { redactParameters, redactQuotedSql, redactSql } from "@/lib/record/redact-sql.ts";
import { type Mask, type RuleId, redactJson } from "@/lib/record/redact-walk.ts";

/**
 * What is masked before a record is stored. A rule is switched off for a source by the setting
 * `mask.<id>` = `off`; without the setting it follows `onByDefault`.
 */
export type RedactionRule = {
  id: RuleId;
  title: string;
  /** For a person who reads Settings. */
  masks: string;
  onByDefault: boolean;
};

export const redactionRules: readonly RedactionRule[] = [
  {
    id: "kubernetes-secrets",
    title: "Kubernetes Secrets",
    masks:
      "Every value under data and stringData of a Secret or a list of Secrets in request and response bodies, in JSON patches, in the last-applied-configuration annotation and in patches by admission webhooks.",
    onByDefault: true,
  },
  {
    id: "kubernetes-tokens",
    title: "Kubernetes tokens",
    masks: "The token in the bodies of TokenReview and TokenRequest.",
    onByDefault: true,
  },
  {
    id: "environment",
    title: "Environment values",
    masks:
      "The value, not the name, of each environment variable: env of containers in Kubernetes bodies, runenv and submitenv of sudo.",
    onByDefault: true,
  },
  {
    id: "sql-passwords",
    title: "Passwords in SQL",
    masks:
      "What stands after PASSWORD, password = or IDENTIFIED BY in a statement, and passwords in connection strings and JSON within it.",
    onByDefault: true,
  },
  {
    id: "http-secrets",
    title: "Secrets of HTTP requests",
    masks:
      "Parameters of URLs that are named like a token, key, password, signature or code; authorization, cookies and session ids in access logs.",
    onByDefault: true,
  },
];

/** What redaction needs to know of the source; a `MapContext` has it. */
type RedactionContext = { settings: Readonly<Record<string, string>>; mask: Mask };

/** The rules that are on for a source. */
function rulesInForce(settings: Readonly<Record<string, string>>): ReadonlySet<RuleId> {
  const on = redactionRules.filter(
    (rule) => (settings[`mask.${rule.id}`] ?? (rule.onByDefault ? "on" : "off")) !== "off",
  );
  return new Set(on.map((rule) => rule.id));
}

/**
 * Masks secrets in one event of the Kubernetes audit log; the other bytes stay as they were.
 * @throws {JsonError} when the event is not a JSON document or nested deeper than 64 levels
 */
export function redactKubernetesEvent(raw: Uint8Array, context: RedactionContext): Uint8Array {
  return redactJson(raw, rulesInForce(context.settings), context.mask, isAboutSecrets(raw));
}

/**
 * Masks the environment in one record of sudo's JSON event log; the other bytes stay as they were.
 * @throws {JsonError} as {@link redactKubernetesEvent}
 */
export function redactSudoEvent(raw: Uint8Array, context: RedactionContext): Uint8Array {
  return redactJson(raw, rulesInForce(context.settings), context.mask, false);
}

const sqlFields: ReadonlySet<string> = new Set([
  "message",
  "detail",
  "statement",
  "internal_query",
  "context",
  "hint",
]);

/**
 * Masks secrets in one line of PostgreSQL's jsonlog, and the values of parameters where the source is told to; the
 * other bytes stay as they were.
 * @throws {JsonError} when the line is not one JSON document
 */
export function redactPostgresLine(raw: Uint8Array, context: RedactionContext): Uint8Array {
  const { start } = scanDocument(raw);
  const edits: Edit[] = [];
  for (const { key, valueRange } of members(raw, start)) {
    if (!sqlFields.has(key.toLowerCase()) || typeAt(raw, valueRange.start) !== "string") continue;
    const text = decodeString(raw, valueRange);
    const masked = redactField(key.toLowerCase(), text, context);
    if (masked !== text) edits.push({ ...valueRange, text: JSON.stringify(masked) });
  }
  return applyEdits(raw, edits);
}

/** For a line that cannot be read as JSON and goes to quarantine. */
export function redactUnreadableSql(raw: Uint8Array, context: RedactionContext): Uint8Array {
  let text = "";
  for (let at = 0; at < raw.length; at += 8192) text += String.fromCharCode(...raw.subarray(at, at + 8192));
  const masked = redactSqlText(text, context, redactQuotedSql);
  return masked === text ? raw : Uint8Array.from(masked, (character) => character.charCodeAt(0));
}

/**
 * Masks secrets in one JSON record of an access log; the other bytes stay as they were.
 * @param also a further field whose value is a secret
 * @throws {JsonError} when the line is not one JSON document
 */
export function redactHttpRecord(raw: Uint8Array, context: RedactionContext, also?: string): Uint8Array {
  return rulesInForce(context.settings).has("http-secrets") ? redactHttpJson(raw, context.mask, also) : raw;
}

/** For a line that cannot be read as JSON and goes to quarantine: nothing tells where its secrets are. */
export function redactUnreadableHttp(raw: Uint8Array, context: RedactionContext): Uint8Array {
  if (!rulesInForce(context.settings).has("http-secrets")) return raw;
  return new TextEncoder().encode(`${raw.length} bytes ${context.mask(raw)}`);
}

/** What stands before a statement, or before values that are written as its literals are. */
const beforeSql =
  /^(?:duration: [\d.]+ ms {2})?(?:statement: |(?:execute|parse|bind) (?:fetch from )?[\s\S]*?: )|^parameters: /i;

function redactField(field: string, text: string, context: RedactionContext): string {
  if (field === "statement" || field === "internal_query") return redactSqlText(text, context, redactSql);
  const [head] = beforeSql.exec(text) ?? [];
  if (head === undefined) return redactSqlText(text, context, redactQuotedSql);
  return head + redactSqlText(text.slice(head.length), context, redactSql);
}

function redactSqlText(text: string, context: RedactionContext, redact: typeof redactSql): string {
  const { settings, mask } = context;
  const bound = settings["parameters"] === "mask" ? redactParameters(text, mask) : text;
  return rulesInForce(settings).has("sql-passwords") ? redact(bound, mask) : bound;
}

const bodies = /"(?:requestObject|responseObject|runenv|submitenv)"?|patch\.webhook\.admission/i;

/**
 * For bytes that cannot be read as JSON and go to quarantine: what begins a body or an environment is kept,
 * the rest is replaced by one mask, since nothing tells where in it the secrets are.
 */
export function redactUnreadable(raw: Uint8Array, context: RedactionContext): Uint8Array {
  if (rulesInForce(context.settings).size === 0) return raw;
  // Latin-1: one character is one byte, whatever the bytes are.
  const found = bodies.exec(new TextDecoder("latin1").decode(raw));
  if (found === null) return raw;
  const from = found.index + found[0].length;
  const mask = new TextEncoder().encode(context.mask(raw.subarray(from)));
  const result = new Uint8Array(from + mask.length);
  result.set(raw.subarray(0, from));
  result.set(mask, from);
  return result;
}

const secretPath = /\/(?:secrets|tokenreviews)(?:[/?]|$)|\/serviceaccounts\/[^/?]+\/token(?:[/?]|$)/i;

/** By the object's reference or the path of the request; a body that names its kind is found without them. */
function isAboutSecrets(raw: Uint8Array): boolean {
  for (const { key, valueRange } of members(raw)) {
    const name = key.toLowerCase();
    const type = typeAt(raw, valueRange.start);
    if (name === "requesturi" && type === "string" && secretPath.test(decodeString(raw, valueRange)))
      return true;
    if (name === "objectref" && type === "object" && namesSecrets(raw, valueRange.start)) return true;
  }
  return false;
}

function namesSecrets(raw: Uint8Array, start: number): boolean {
  const named = new Set<string>();
  for (const { key, valueRange } of members(raw, start)) {
    if (typeAt(raw, valueRange.start) !== "string") continue;
    named.add(`${key} ${decodeString(raw, valueRange)}`.toLowerCase());
  }
  if (named.has("resource secrets") || named.has("resource tokenreviews")) return true;
  return named.has("resource serviceaccounts") && named.has("subresource token");
}
