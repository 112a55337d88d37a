import "server-only";
import { z } from "zod";
import { roles } from "@/lib/auth/roles.ts";
import type { NewSecret, OwnSession, SecondFactorState } from "@/lib/auth/second-factor.ts";
import type { SignInPolicy } from "@/lib/auth/sign-in-policy.ts";
import { recordTime } from "@/lib/logs/row-schema.ts";

// As answers.ts, of how people sign in.

export const secondFactor = z.object({
  enabledAt: recordTime.nullable().describe("Null without one."),
  recoveryCodesLeft: z.int().min(0),
  required: z.boolean().describe("Whether the organization asks for it of the person's role."),
  hasPassword: z.boolean().describe("Without one the identity provider looks after the second factor."),
}) satisfies z.ZodType<SecondFactorState>;

export const newSecret = z.object({
  secret: z.string().describe("Base32, to type into an app: codes of 6 digits, every 30 seconds, by SHA-1."),
  uri: z.string().describe("The same as `otpauth://totp/…`, for a QR code."),
}) satisfies z.ZodType<NewSecret>;

export const recoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe("Each is taken once in place of a code. Shown this once."),
});

export const ownSessions = z.object({
  sessions: z.array(
    z.object({
      id: z.uuid(),
      address: z.string().nullable(),
      userAgent: z.string().nullable(),
      createdAt: recordTime,
      lastSeenAt: recordTime.describe("To the minute."),
      current: z.boolean().describe("The one that asks."),
    }) satisfies z.ZodType<OwnSession>,
  ),
});

export const endedSessions = z.object({ ended: z.int().min(0).describe("How many were open.") });

export const signInPolicy = z.object({
  secondFactorRoles: z.array(z.enum(roles)).describe("Roles that need a second factor."),
  idleMinutes: z.int().describe("A session ends so long after it was last used."),
  absoluteHours: z.int().describe("A session ends so long after sign-in."),
  updatedAt: recordTime.nullable().describe("Null when it was never set."),
  updatedBy: z.string().nullable(),
}) satisfies z.ZodType<SignInPolicy>;
