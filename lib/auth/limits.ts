/** Limits of signing in, in one place because documents and tests name them. */

/** A session ends this long after it was last used. */
export const idleHours = 12;
/** A session ends this long after sign-in, used or not. */
export const absoluteDays = 7;

/** Characters of a password. */
export const passwordLength = { min: 12, max: 1024 } as const;

/**
 * Guesses within `windowMinutes`; the next one locks for `lockMinutes`. An account's limit holds whether
 * the account exists or not, that of codes for who knew the password, an address's over all accounts.
 */
export const signInLimits = {
  account: { guesses: 10, windowMinutes: 15, lockMinutes: 15 },
  codes: { guesses: 10, windowMinutes: 15, lockMinutes: 15 },
  address: { guesses: 40, windowMinutes: 15, lockMinutes: 15 },
} as const;

/** Characters of a token's name, and days a token may live. */
export const tokenLimits = { name: 100, days: 3650 } as const;
