/** Limits of sending mail, in one place because documents and tests name them. */
export const mailLimits = {
  /** Until the name of the mail server is resolved, the connection stands, and the server greets; each. */
  connectMs: 10_000,
  /** Without a word of the mail server. */
  idleMs: 15_000,
  /** One mail, from the connection to the server's word that it took it. */
  totalMs: 30_000,
  /** Mails under way at once, and mails that may wait for their turn. */
  atOnce: 4,
  waiting: 200,
} as const;
