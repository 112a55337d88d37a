import {
  by,
  newValues,
  previousValues,
  targetName,
  timestamp,
  type Workflows,
  why,
  whyOptional,
} from "./define.ts";

const tokenName = targetName("token name");
const certificateName = targetName("certificate name");
const deviceName = targetName("device name");
const ofSource = { says: "source", key: "source", kind: "json" } as const;

/** Daybook's own of Access & Tokens: API tokens, certificates, devices. */
export const ownAccessWorkflows = {
  "apiToken:creation": {
    title: "API Token Creation",
    targetType: "apiToken",
    events: {
      attempting: { type: "apiToken:creating", says: "Creating API token" },
      done: { type: "apiToken:created", says: "Created API token" },
      failed: { type: "apiToken:creation-failed", says: "Failed to create API token" },
    },
    captured: [
      tokenName,
      by("created by"),
      { says: "scopes", key: "scopes", kind: "texts" },
      { says: "days until it expires, null for never", key: "expiresInDays", kind: "json" },
      { says: "first letters of the token", key: "prefix", kind: "text" },
      newValues,
      timestamp,
    ],
  },
  "apiToken:deletion": {
    title: "API Token Deletion",
    targetType: "apiToken",
    events: {
      attempting: { type: "apiToken:deleting", says: "Revoking API token" },
      done: { type: "apiToken:deleted", says: "Revoked API token" },
      failed: { type: "apiToken:deletion-failed", says: "Failed to revoke API token" },
    },
    captured: [tokenName, by("revoked by"), whyOptional, previousValues, newValues, timestamp],
  },
  "certificate:creation": {
    title: "Certificate Creation",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:creating", says: "Issuing certificate" },
      done: { type: "certificate:created", says: "Issued certificate" },
      failed: { type: "certificate:creation-failed", says: "Failed to issue certificate" },
    },
    captured: [certificateName, by("issued by"), ofSource, newValues, timestamp],
  },
  "certificate:renewal": {
    title: "Certificate Renewal",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:renewing", says: "Renewing certificate" },
      done: { type: "certificate:renewed", says: "Renewed certificate" },
      failed: { type: "certificate:renewal-failed", says: "Failed to renew certificate" },
    },
    captured: [
      certificateName,
      by("renewed by"),
      ofSource,
      { says: "certificate in whose place it is", key: "replaces", kind: "json" },
      whyOptional,
      previousValues,
      newValues,
      timestamp,
    ],
  },
  "certificate:deletion": {
    title: "Certificate Revocation",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:deleting", says: "Revoking certificate" },
      done: { type: "certificate:deleted", says: "Revoked certificate" },
      failed: { type: "certificate:deletion-failed", says: "Failed to revoke certificate" },
    },
    captured: [certificateName, by("revoked by"), ofSource, why, previousValues, newValues, timestamp],
  },
  "device:creation": {
    title: "Device Claim",
    targetType: "device",
    events: {
      attempting: { type: "device:creating", says: "Claiming device" },
      done: { type: "device:created", says: "Claimed device" },
      failed: { type: "device:creation-failed", says: "Failed to claim device" },
    },
    captured: [deviceName, by("claimed by"), newValues, timestamp],
  },
  "device:deletion": {
    title: "Device Revocation",
    targetType: "device",
    events: {
      attempting: { type: "device:deleting", says: "Revoking device" },
      done: { type: "device:deleted", says: "Revoked device" },
      failed: { type: "device:deletion-failed", says: "Failed to revoke device" },
    },
    captured: [deviceName, by("revoked by"), why, previousValues, newValues, timestamp],
  },
} as const satisfies Workflows;
