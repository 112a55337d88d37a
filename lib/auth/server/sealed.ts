import "server-only";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { env } from "@/lib/env.ts";

/** The first byte of what is sealed, should the form ever change. */
const form = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** What is sealed: each purpose has a key of its own, so that one's text opens nothing as another's. */
type Purpose = "second factor" | "identity provider";

/**
 * Encrypts a secret that Daybook needs again in clear, under the installation's SEALING_KEY.
 *
 * @param owner the id of what it belongs to: moved to another row it does not open
 * @returns one byte for the form, then nonce (12), tag (16) and text of AES-256-GCM
 */
export function seal(purpose: Purpose, owner: string, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", keyOf(purpose), nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.of(form), nonce, cipher.getAuthTag(), sealed]);
}

/** @throws Error when it was not sealed here for this purpose and owner, or was changed */
export function unseal(purpose: Purpose, owner: string, sealed: Buffer): string {
  const [nonceEnd, tagEnd] = [1 + nonceBytes, 1 + nonceBytes + tagBytes];
  try {
    if (sealed[0] !== form) throw new Error("another form");
    const nonce = sealed.subarray(1, nonceEnd);
    const decipher = createDecipheriv("aes-256-gcm", keyOf(purpose), nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(nonceEnd, tagEnd));
    return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new Error(`A stored secret (${purpose} of ${owner}) does not open with this installation's key`, {
      cause: error,
    });
  }
}

function keyOf(purpose: Purpose): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(env().SEALING_KEY, "base64"), "", `daybook ${purpose}`, 32),
  );
}
