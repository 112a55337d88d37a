import "server-only";
import { scimFault } from "./errors.ts";

/** Levels of lists and objects in a body; those of the standard have fewer than ten. */
const mostLevels = 32;

/** Names that every object has. */
const inherited = Object.getOwnPropertyNames(Object.prototype).join("|");
const inheritedPath = new RegExp(`(?:^|[^\\w$-])(?:${inherited})\\s*(?:$|[.[])`, "i");

/**
 * The library walks a path of attributes through objects it makes as it goes: a path that begins with a name which
 * every object has would lead it to write into what the whole server shares.
 *
 * @param text a filter, a path, or a list of attributes
 * @throws a fault of SCIM
 */
export function refuseInherited(text: string): string {
  if (inheritedPath.test(text))
    throw scimFault(400, "There are no attributes of such a name.", "invalidPath");
  return text;
}

/** Attributes of RFC 7643's users that Daybook does not keep: what is said of them is passed over. */
const passedOver =
  /^(?:nickName|profileUrl|title|userType|preferredLanguage|locale|timezone|password|phoneNumbers|ims|photos|addresses|entitlements|x509Certificates)\b|^urn:ietf:params:scim:schemas:extension:/i;

const coreUser = /^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i;

/**
 * What some providers send, in the form of the standard: Entra ID writes "True" for true, and in filters of paths
 * too; changes of attributes that are not kept are taken out.
 */
export function inStandardForm(body: unknown): unknown {
  const plain = withBooleans(body);
  if (typeof plain !== "object" || plain === null || !("Operations" in plain)) return plain;
  if (!Array.isArray(plain.Operations)) return plain;
  return { ...plain, Operations: plain.Operations.flatMap(operation) };
}

function operation(given: unknown): unknown[] {
  if (typeof given !== "object" || given === null) return [given];
  const path = "path" in given && typeof given.path === "string" ? given.path : undefined;
  const value = "value" in given ? given.value : undefined;
  if (path === undefined) return [isObject(value) ? { ...given, value: kept(value) } : given];
  if (path === "") return [given];
  if (passedOver.test(path)) return [];
  const plainPath = path
    .replace(coreUser, "")
    .replace(/\beq\s+"(true|false)"/gi, (_, word: string) => `eq ${word.toLowerCase()}`);
  const isFlag = /(?:^|\.)(?:active|primary)$/i.test(plainPath);
  return [{ ...given, path: plainPath, ...("value" in given && { value: isFlag ? flag(value) : value }) }];
}

function kept(value: { [name: string]: unknown }): { [name: string]: unknown } {
  const entries = Object.entries(value).filter(([name]) => !passedOver.test(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name.replace(coreUser, ""), inner]));
}

function withBooleans(value: unknown, level = 0): unknown {
  if (level > mostLevels)
    throw scimFault(
      400,
      `The body has more than ${mostLevels} levels of lists and objects.`,
      "invalidSyntax",
    );
  if (Array.isArray(value)) return value.map((one) => withBooleans(one, level + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      refuseInherited(name),
      /^(?:active|primary)$/i.test(name) ? flag(inner) : withBooleans(checkedPath(name, inner), level + 1),
    ]),
  );
}

function checkedPath(name: string, value: unknown): unknown {
  return /^path$/i.test(name) && typeof value === "string" ? refuseInherited(value) : value;
}

/** @returns true or false for such a word */
function flag(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return /^true$/i.test(value) ? true : /^false$/i.test(value) ? false : value;
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Addresses are kept in lower case, and are the same however they are written. */
export function inLowerCase(filter: string): string {
  return filter.replace(
    /\b(userName|emails\.value)(\s+\w+\s+)"([^"\\]*)"/gi,
    (_, name: string, operator: string, value: string) => `${name}${operator}"${value.toLowerCase()}"`,
  );
}

/** The library ends a text of a filter at any quote: those that JSON escapes are written as it writes other signs. */
export function withoutQuotes(filter: string): string {
  return filter.replace(/\\(.)/g, (escape, sign: string) => (sign === '"' ? "\\u0022" : escape));
}
