import "server-only";
import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * `dbk_` opens the API for a person's programs, `dbs_` lets a source send records in, `dbd_` makes hosts sources,
 * `dbi_` lets an identity provider provision.
 */
export const tokenPrefixes = ["dbk_", "dbs_", "dbd_", "dbi_"] as const;

export type TokenPrefix = (typeof tokenPrefixes)[number];

/** A new token: the text is shown once; the start and the hash are kept. */
export type NewToken = { token: string; shownPrefix: string; hash: Buffer };

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const secretLength = 32;
const checkLength = 6;
/** So much of a token is shown in lists: enough to tell tokens apart, far from enough to use one. */
const shownLength = 10;
const form = new RegExp(`^(?:${tokenPrefixes.join("|")})[0-9A-Za-z]{${secretLength + checkLength}}$`);

/** @returns prefix, 32 random letters and digits (190 bits) and a checksum of six */
export function newToken(prefix: TokenPrefix): NewToken {
  const start = prefix + randomLetters(secretLength);
  const token = start + checksum(start);
  return { token, shownPrefix: token.slice(0, shownLength), hash: tokenHash(token) };
}

/** SHA-256 suffices where the secret is random: there is nothing to guess. */
export function tokenHash(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

/** Whether form and checksum are right: a mistyped or cut token needs no look into the database. */
export function looksLikeToken(text: string, prefix?: TokenPrefix): boolean {
  if (!form.test(text) || (prefix !== undefined && !text.startsWith(prefix))) return false;
  return text.endsWith(checksum(text.slice(0, -checkLength)));
}

function checksum(start: string): string {
  let rest = crc32(start);
  let letters = "";
  for (let place = 0; place < checkLength; place++) {
    letters = (alphabet[rest % 62] ?? "") + letters;
    rest = Math.floor(rest / 62);
  }
  return letters;
}

function randomLetters(count: number): string {
  let letters = "";
  while (letters.length < count) {
    // 248 is the largest multiple of 62 in a byte: bytes above would favour the first letters.
    for (const byte of randomBytes(count))
      if (byte < 248 && letters.length < count) letters += alphabet[byte % 62];
  }
  return letters;
}
