/** A client certificate of a source, without its key, which is kept nowhere. Times are UTC with microseconds. */
export type CertificateLine = {
  id: string;
  name: string;
  /** SHA-256, in upper-case hex with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  fingerprint: string;
  createdAt: string;
  createdBy: string;
  endsAt: string;
  /** The certificate that was made in its place. */
  replacedBy: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  /** When a connection with it was refused last, and why. */
  refusedAt: string | null;
  refusedFor: string | null;
  state: "good" | "replaced" | "expired" | "revoked";
};

/** What issuing gives, once: PEM texts of the certificate, its key and the authority. */
export type NewCertificate = {
  id: string;
  name: string;
  fingerprint: string;
  endsAt: string;
  certificate: string;
  key: string;
  authority: string;
};

/** How long a certificate is good for, in days. */
export const certificateDays = { usual: 365, most: 825 } as const;

/** How long a certificate is good for after another was made in its place, in days: time to change the host. */
export const replacedDays = 7;
