import "server-only";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import ipaddr from "ipaddr.js";
import maxmind, { type Reader, type Response } from "maxmind";
import { env } from "@/lib/env.ts";
import { log } from "@/lib/log.ts";
import { byAddress, dbIp } from "../names.ts";
import { isPrivateAddress, type Place, placeOfRecord } from "../place.ts";

/** One file: `v4Only` marks a tree that has no room for IPv6 and would give wrong answers for it. */
type Database = { file: string; name: string; v4Only: boolean; reader: Reader<Response> };

type Known = { databases: readonly Database[]; version: string };

// The bundles of the server share only globalThis: boot opens what ingestion asks.
const store = globalThis as { [places]?: Known };
const places: unique symbol = Symbol.for("daybook.places");

/** Where `npm run geoip` puts its files, which are used unless GEOIP_DB names others. */
export function placesFolder(): string {
  return path.join(env().DATA_DIR, "geoip");
}

/**
 * Opens the databases of places when they have changed: the mmdb of GEOIP_DB or all of a folder, else those of
 * the data folder. What cannot be used is logged, once for each state of the files, and used no more.
 */
export async function openPlaces(): Promise<void> {
  const wanted = env().GEOIP_DB ?? placesFolder();
  const files = await filesOf(wanted, env().GEOIP_DB !== undefined);
  const version = files.map(({ file, size, modified }) => `${file} ${size} ${modified}`).join("\n");
  if (store[places]?.version === version) return;
  const opened = await Promise.all(files.map(({ file }) => openDatabase(file)));
  const databases = opened.filter((database) => database !== undefined);
  store[places] = { databases, version };
  if (databases.length > 0) log().info({ databases: databases.map(({ name }) => name) }, "places are known");
}

/** Where an address is; undefined when nothing is known of it. */
export function placeOf(address: string): Place | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  if (isPrivateAddress(address)) return { placeSource: byAddress };
  const plain = ipaddr.process(address);
  for (const { reader, name, v4Only, file } of store[places]?.databases ?? []) {
    if (v4Only && plain.kind() === "ipv6") continue;
    try {
      const place = placeOfRecord(reader.get(plain.toString()));
      if (place) return { ...place, placeSource: name };
    } catch (error) {
      // A damaged file must not keep records from being stored.
      log().error({ err: error, file }, "a database of places is damaged");
    }
  }
  return undefined;
}

async function filesOf(wanted: string, isNamed: boolean) {
  try {
    const isFolder = (await stat(wanted)).isDirectory();
    const names = isFolder ? (await readdir(wanted)).filter((name) => name.endsWith(".mmdb")).sort() : [""];
    return await Promise.all(
      names.map(async (name) => {
        const file = path.join(wanted, name);
        const { size, mtimeMs: modified } = await stat(file);
        return { file, size, modified };
      }),
    );
  } catch (error) {
    if (!isNamed && error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    return [{ file: wanted, size: 0, modified: 0 }];
  }
}

async function openDatabase(file: string): Promise<Database | undefined> {
  try {
    const reader = await maxmind.open<Response>(file);
    const { databaseType, buildEpoch, ipVersion } = reader.metadata;
    const isDbIp = /^city ipv[46]$|dbip/i.test(databaseType);
    const name = `${isDbIp ? dbIp : databaseType} ${buildEpoch.toISOString().slice(0, 7)}`;
    return { file, name, v4Only: ipVersion === 4, reader };
  } catch (error) {
    log().error(
      { err: error, file },
      `${file} cannot be used as a database of places (GEOIP_DB); places are unknown`,
    );
    return undefined;
  }
}
