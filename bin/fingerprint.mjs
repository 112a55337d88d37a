import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileFailure } from "./terminal.mjs";

/**
 * One hash over the names and contents of files, to tell whether what was made of them is still good.
 *
 * @param {string} root
 * @param {string[]} entries files and folders below root; those that do not exist count as absent
 * @param {(relative: string) => boolean} [leaveOut]
 */
export function fingerprint(root, entries, leaveOut = () => false) {
  const hash = createHash("sha256");
  for (const file of entries.flatMap((entry) => filesBelow(root, entry, leaveOut))) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} relative
 * @param {(relative: string) => boolean} leaveOut
 * @returns {string[]}
 */
function filesBelow(root, relative, leaveOut) {
  if (leaveOut(relative)) return [];
  const found = lstatSync(path.join(root, relative), { throwIfNoEntry: false });
  if (found?.isFile()) return [relative];
  if (!found?.isDirectory()) return [];
  const names = readdirSync(path.join(root, relative))
    .filter((name) => !name.startsWith("."))
    .sort();
  return names.flatMap((name) => filesBelow(root, `${relative}/${name}`, leaveOut));
}

/** @param {string} file @returns {string | null} */
export function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** @param {string} file @param {string} stamp */
export function writeStamp(file, stamp) {
  try {
    writeFileSync(file, stamp);
  } catch (error) {
    throw fileFailure(error, `write ${file}`);
  }
}

/** @param {string} file */
export function removeStamp(file) {
  rmSync(file, { force: true });
}
