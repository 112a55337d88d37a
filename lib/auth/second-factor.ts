/** Codes by time after RFC 6238, as every authenticator app makes them unless told otherwise. */
export const totp = { algorithm: "SHA1", digits: 6, periodSeconds: 30, windowSteps: 1 } as const;

/** Recovery codes that a person has at a time. */
export const recoveryCodeCount = 10;

/** Minutes between the password and the code, and between asking for a secret and confirming it. */
export const secondStepMinutes = 5;
export const enrolmentMinutes = 10;

/** Where a person whose organization asks for a second factor is led to enrol one. */
export const enrolmentPath = "/second-factor";

/** What a person is told of the own second factor. */
export type SecondFactorState = {
  /** When it was confirmed; null without one. */
  enabledAt: string | null;
  /** Recovery codes that were not used yet. */
  recoveryCodesLeft: number;
  /** Whether the organization asks for it of the person's role. */
  required: boolean;
  /** Without a password the identity provider looks after the second factor. */
  hasPassword: boolean;
};

/** What an authenticator app is given, as text to type and as the address in the QR code. */
export type NewSecret = { secret: string; uri: string };

/** What proves that the person is at the keyboard: the password, or a code. */
export type Proof = { password: string } | { code: string };

/** A session of one's own, as the list of them shows it. */
export type OwnSession = {
  id: string;
  address: string | null;
  userAgent: string | null;
  createdAt: string;
  lastSeenAt: string;
  /** The one that asks. */
  current: boolean;
};

/** A code as it is compared: people type blanks and dashes where they were shown some. */
export function plainCode(typed: string): string {
  return typed.replace(/[\s-]/g, "").toLowerCase();
}
