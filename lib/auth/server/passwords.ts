import "server-only";
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { passwordLength } from "../limits.ts";

/** 2^15 rounds over blocks of 8 × 128 bytes: 32 MiB and about a tenth of a second each. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const hashBytes = 32;
const saltBytes = 16;
/** What parameters in the store may ask for at most, so that a bad row cannot take the server's memory. */
const maxmem = 128 * 1024 * 1024;
const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,})\$([A-Za-z0-9+/]{22,})$/;

/** Why a password cannot be used; undefined when it can. */
export function passwordFault(password: string): string | undefined {
  const { min, max } = passwordLength;
  if (password.length < min) return `must have at least ${min} characters`;
  if (password.length > max) return `must have at most ${max} characters`;
  return undefined;
}

/**
 * @returns `$scrypt$ln=15,r=8,p=1$salt$hash`, a PHC string with base64 without padding
 * @throws RangeError when the password is too short or too long
 */
export async function hashPassword(password: string): Promise<string> {
  const fault = passwordFault(password);
  if (fault !== undefined) throw new RangeError(`The password ${fault}`);
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, hashBytes, cost);
  return `$scrypt$ln=${Math.log2(cost.N)},r=${cost.r},p=${cost.p}$${text(salt)}$${text(hash)}`;
}

/**
 * Compares in constant time, and does the same work when there is no such account (`stored` is null), so
 * that neither the answer nor its time tells whether there is one.
 *
 * @throws Error when `stored` is not in the form of {@link hashPassword}
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, ln, r, p, salt, hash] = form.exec(stored ?? nobody) ?? [];
  if (ln === undefined || salt === undefined || hash === undefined) {
    throw new Error("A stored password hash is not in a form that Daybook writes");
  }
  const expected = Buffer.from(hash, "base64");
  // A longer text than any password may be is hashed all the same, cut: it is wrong, and costs no more.
  const given = password.slice(0, passwordLength.max);
  const actual = await derive(given, Buffer.from(salt, "base64"), expected.length, {
    N: 2 ** Number(ln),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(actual, expected) && stored !== null && given.length === password.length;
}

/** A password for a person to copy once: 120 random bits in groups that can be read aloud. */
export function generatePassword(): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  let letters = "";
  while (letters.length < 25) {
    // 248 is the largest multiple of 31 in a byte: bytes above would favour the first letters.
    for (const byte of randomBytes(32)) if (byte < 248 && letters.length < 25) letters += alphabet[byte % 31];
  }
  return (letters.match(/.{5}/g) ?? []).join("-");
}

/** A hash of no password, with the same cost. */
const nobody = `$scrypt$ln=${Math.log2(cost.N)},r=${cost.r},p=${cost.p}$${text(randomBytes(saltBytes))}$${text(randomBytes(hashBytes))}`;

function text(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

/** So many at once: a flood of sign-ins takes 64 MiB and half of the threads that Node has for such work. */
const slots = 2;
let taken = 0;
const queue: (() => void)[] = [];

/** Passwords are compared in NFKC: the same keys give the same bytes on every system. */
async function derive(
  password: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
): Promise<Buffer> {
  if (taken < slots) taken += 1;
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, length, { ...options, maxmem }, (error, key) => {
        if (error) reject(error);
        else resolve(key);
      });
    });
  } finally {
    // The slot goes to whoever waits longest, or is free again.
    const next = queue.shift();
    if (next) next();
    else taken -= 1;
  }
}
