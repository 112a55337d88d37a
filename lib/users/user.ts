import type { Role } from "@/lib/auth/roles.ts";

/** `invited` until the person used the link of the invitation. */
export const userStatuses = ["invited", "active", "disabled"] as const;

export type UserStatus = (typeof userStatuses)[number];

/** What lists can be narrowed to: a state, or whoever is locked out at the moment. */
export const listedStates = [...userStatuses, "locked"] as const;

export type ListedState = (typeof listedStates)[number];

/** That nobody can sign in to an account for a while, after too many wrong passwords or codes. */
export type Lock = {
  /** ISO 8601 in UTC. */
  until: string;
  /** The failed ones, and the one too many. */
  tries: number;
  of: "passwords" | "codes";
};

/** An account as lists show it; times are ISO 8601 in UTC. */
export type UserLine = {
  id: string;
  email: string;
  name: string;
  role: Role;
  status: UserStatus;
  /** As an auditor: sees only sessions that were shared with them. */
  sharedOnly: boolean;
  /** Names in records that are this person's, beside the email address. */
  logins: string[];
  createdAt: string;
  /** Null before the first sign-in. */
  lastSeenAt: string | null;
  /** Until when the link of the invitation can be used; null when there is none that could be. */
  invitedUntil: string | null;
  /** Null when the account is not locked. */
  lock: Lock | null;
  /** Sees everything that the role sees, whatever the groups. */
  globalScope: boolean;
  /** Of the groups they are in, those that the caller may know of; by name. */
  groups: { id: string; name: string }[];
  /** Grows with every change; who changes the account says which one they saw. */
  version: number;
  /** Whether this is the caller. */
  own: boolean;
  /** Whether the caller's role may change it. */
  editable: boolean;
};

/** One page, by email address, and where the next one begins; null at the end. */
export type UserPage = { users: UserLine[]; nextCursor: string | null };

/** What became of an invitation or of another link for one. */
export type Invitation = {
  /** The account. */
  id: string;
  /** When the link expires, ISO 8601 in UTC. */
  expiresAt: string;
  mail: "sent" | "failed" | "not set up";
  /** Why a mail failed. */
  reason?: string | undefined;
  /** Where mail is not set up: the link, this once, to be handed over. */
  link?: string | undefined;
};

/** What ended with an account. */
export type DeletedUser = { sessions: number; tokens: number; devices: number };

/** How many accounts a page shows. */
export const userPage = 100;

/** Characters of a name, of an address and of a login name, how many login names, and characters of a reason. */
export const userLimits = { name: 200, email: 254, login: 1024, logins: 50, reason: 500 } as const;

/** How long links in mails can be used, and how many may be asked for or tried. */
export const linkLimits = {
  activationHours: 72,
  resetHours: 1,
  /** Further links of one invitation. */
  resends: { guesses: 5, windowMinutes: 60, lockMinutes: 60 },
  /** Mails for a new password: for an account, known or not, and from an address. */
  resets: { guesses: 3, windowMinutes: 60, lockMinutes: 60 },
  resetsFromAddress: { guesses: 20, windowMinutes: 60, lockMinutes: 60 },
  /** Links that are tried from an address. */
  triesFromAddress: { guesses: 60, windowMinutes: 15, lockMinutes: 15 },
} as const;
