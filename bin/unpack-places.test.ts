import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mmdb } from "@/lib/places/test-mmdb.ts";
import { unpackPlaces } from "./unpack-places.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "daybook-places-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tar(files: { [name: string]: Buffer }): Buffer {
  const parts = Object.entries(files).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function pack(files: { [name: string]: Buffer }) {
  const file = path.join(folder, "package.tgz");
  const bytes = gzipSync(tar(files));
  writeFileSync(file, bytes);
  return { file, integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}` };
}

const database = mmdb([{ range: "192.0.2.0/24", record: { city: "Graz" } }]);
const place = () => path.join(folder, "geoip");

it("puts the databases of a package where they belong, in place of those before", () => {
  const { file, integrity } = pack({
    "package/README.md": Buffer.from("read me"),
    "package/../../a-ipv4.mmdb": database,
    "package/b-ipv6.mmdb": database,
  });
  for (let round = 0; round < 2; round++) {
    expect(unpackPlaces(file, integrity, place())).toEqual([
      { name: "a-ipv4.mmdb", bytes: database.length },
      { name: "b-ipv6.mmdb", bytes: database.length },
    ]);
    expect(readdirSync(place()).sort()).toEqual(["a-ipv4.mmdb", "b-ipv6.mmdb"]);
    expect(readFileSync(path.join(place(), "a-ipv4.mmdb"))).toEqual(database);
  }
});

it("changes nothing for a package that was changed on its way, holds no database, or a broken one", () => {
  const good = pack({ "package/a.mmdb": database });
  unpackPlaces(good.file, good.integrity, place());
  const before = readFileSync(path.join(place(), "a.mmdb"));
  expect(() => unpackPlaces(good.file, "sha512-other", place())).toThrow("not what the registry says");
  const empty = pack({ "package/README.md": Buffer.from("read me") });
  expect(() => unpackPlaces(empty.file, empty.integrity, place())).toThrow("holds no database");
  const broken = pack({ "package/a.mmdb": database, "package/b.mmdb": Buffer.from("nonsense") });
  expect(() => unpackPlaces(broken.file, broken.integrity, place())).toThrow("b.mmdb is no mmdb");
  expect(readdirSync(place())).toEqual(["a.mmdb"]);
  expect(readFileSync(path.join(place(), "a.mmdb"))).toEqual(before);
});
