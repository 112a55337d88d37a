import { absoluteDays, idleHours } from "./limits.ts";
import type { Role } from "./roles.ts";

/** What may be set, both ends included; the idle time is never longer than the absolute one. */
export const policyBounds = {
  idleMinutes: { min: 5, max: 7 * 24 * 60 },
  absoluteHours: { min: 1, max: 30 * 24 },
} as const;

/** What an organization asks of those who sign in. */
export type SignInPolicy = {
  /** Roles that need a second factor. */
  secondFactorRoles: Role[];
  /** A session ends so long after it was last used. */
  idleMinutes: number;
  /** A session ends so long after sign-in. */
  absoluteHours: number;
  /** When and by whom it was set; null when it never was. */
  updatedAt: string | null;
  updatedBy: string | null;
};

/** Of an organization that set nothing. */
export const defaultPolicy: SignInPolicy = {
  secondFactorRoles: [],
  idleMinutes: idleHours * 60,
  absoluteHours: absoluteDays * 24,
  updatedAt: null,
  updatedBy: null,
};

/** Of each role, the people who sign in with a password, and how many of them have a second factor. */
export type RoleCounts = { [role in Role]: { people: number; withSecondFactor: number } };
