import ipaddr from "ipaddr.js";

/** Where an address is. `placeSource` says who knows: a database with its month, or the address itself. */
export type Place = { city?: string; country?: string; placeSource: string };

const privateRanges: ReadonlySet<string> = new Set([
  "private",
  "loopback",
  "linkLocal",
  "uniqueLocal",
  "carrierGradeNat",
]);

/** Whether an address belongs to a private network, to the machine itself, or to a carrier's inside. */
export function isPrivateAddress(address: string): boolean {
  return ipaddr.isValid(address) && privateRanges.has(ipaddr.process(address).range());
}

/**
 * The city and country of a record of an mmdb: those of ip-location-db (`city`, `country_code`) and those of
 * MaxMind and DB-IP (`city.names.en`, `country.names.en`). Undefined when it says neither.
 */
export function placeOfRecord(record: unknown): Pick<Place, "city" | "country"> | undefined {
  if (!isObject(record)) return undefined;
  const country = nameOf(record["country"]) ?? countryName(record["country_code"]);
  const city = nameOf(record["city"]);
  if (city === undefined && country === undefined) return undefined;
  return { ...(city !== undefined && { city }), ...(country !== undefined && { country }) };
}

const longestName = 200;

function nameOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim().slice(0, longestName) || undefined;
  if (!isObject(value)) return undefined;
  return isObject(value["names"]) ? nameOf(value["names"]["en"]) : countryName(value["iso_code"]);
}

const countries = new Intl.DisplayNames(["en"], { type: "region" });

function countryName(code: unknown): string | undefined {
  return typeof code === "string" && /^[A-Z]{2}$/.test(code) ? countries.of(code) : undefined;
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
