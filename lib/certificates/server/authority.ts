import "server-only";
import "reflect-metadata";
import { createPrivateKey, createPublicKey, randomBytes, randomUUID, webcrypto } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import * as x509 from "@peculiar/x509";
import { env } from "@/lib/env.ts";

/** A certificate and its key, as PEM texts. */
export type Identity = { certificate: string; key: string };

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
/** Clocks of hosts that run late. */
const leewayMs = 5 * 60_000;
const authorityDays = 30 * 365;
/** Made anew at every start of the server. */
const serverDays = 10 * 365;

/** Where the certificate of the installation's authority lies; its key is one of the installation's secrets. */
export function authorityFile(): string {
  return path.join(env().DATA_DIR, "authority.pem");
}

/**
 * The certificate of the installation's own authority as PEM, made when it is asked for first.
 * @throws Error when the file is damaged, or belongs to another key
 */
export async function authorityCertificate(): Promise<string> {
  return (await openAuthority()).certificate.toString("pem");
}

/** An identity for a server under these host names and addresses, good for ten years. */
export async function serverIdentity(hosts: readonly string[]): Promise<Identity> {
  const names = hosts.map((host) => ({
    type: net.isIP(host) ? ("ip" as const) : ("dns" as const),
    value: host,
  }));
  const { identity } = await issue({
    name: hosts[0] ?? "Daybook",
    days: serverDays,
    usage: x509.ExtendedKeyUsage.serverAuth,
    names,
  });
  return identity;
}

/**
 * An identity for a client.
 * @param name the subject's common name, at most 64 characters
 * @returns the identity, whose key is kept nowhere; SHA-256 of the certificate as Node writes it; when it expires
 */
export async function clientIdentity(
  name: string,
  days: number,
): Promise<{ identity: Identity; fingerprint: string; endsAt: Date }> {
  return issue({ name, days, usage: x509.ExtendedKeyUsage.clientAuth, names: [] });
}

type Wish = {
  name: string;
  days: number;
  usage: x509.ExtendedKeyUsage;
  names: { type: "dns" | "ip"; value: string }[];
};

async function issue({ name, days, usage, names }: Wish) {
  const authority = await openAuthority();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const end = Math.min(Date.now() + days * dayMs, authority.certificate.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [name] }],
    issuer: authority.certificate.subjectName.toJSON(),
    notBefore: new Date(Date.now() - leewayMs),
    notAfter: new Date(Math.floor(end / 1000) * 1000),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const hash = Buffer.from(await certificate.getThumbprint("SHA-256"))
    .toString("hex")
    .toUpperCase();
  return {
    identity: {
      certificate: `${certificate.toString("pem")}\n`,
      key: createPrivateKey({ key, format: "der", type: "pkcs8" })
        .export({ type: "pkcs8", format: "pem" })
        .toString(),
    },
    fingerprint: hash.replace(/..(?=.)/g, "$&:"),
    endsAt: certificate.notAfter,
  };
}

async function openAuthority() {
  const given = createPrivateKey({
    key: Buffer.from(env().AUTHORITY_KEY, "base64"),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(given).export({ type: "spki", format: "der" });
  const key = await webcrypto.subtle.importKey(
    "pkcs8",
    given.export({ type: "pkcs8", format: "der" }),
    algorithm,
    false,
    ["sign"],
  );
  const file = authorityFile();
  const pem = (await readAuthority(file)) ?? (await makeAuthority(file, key, spki));
  let certificate: x509.X509Certificate;
  try {
    certificate = new x509.X509Certificate(pem);
  } catch (error) {
    throw new Error(`${file} is no certificate: put it back from a backup`, { cause: error });
  }
  if (!spki.equals(Buffer.from(certificate.publicKey.rawData)))
    throw new Error(`${file} is the certificate of another key: put it back from the backup of secrets.json`);
  return { key, certificate };
}

async function readAuthority(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Of two that are made at once, the first stays. */
async function makeAuthority(file: string, signingKey: webcrypto.CryptoKey, spki: Buffer): Promise<string> {
  const publicKey = await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
  const subject: x509.JsonName = [{ CN: ["Daybook authority"] }, { OU: [randomUUID()] }];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: subject,
    notBefore: new Date(Date.now() - leewayMs),
    notAfter: new Date(Date.now() + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${certificate.toString("pem")}\n`, { mode: 0o644, flag: "wx", flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file, "utf8");
}

/** 127 bits, positive, and never with a first byte of zero. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}
