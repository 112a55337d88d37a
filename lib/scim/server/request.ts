import "server-only";

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

function withBooleans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBooleans);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      /^(?:active|primary)$/i.test(name) ? flag(inner) : withBooleans(inner),
    ]),
  );
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
