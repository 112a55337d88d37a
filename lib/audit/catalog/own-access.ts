import type { Workflows } from "./define.ts";

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
    captured: [],
  },
  "apiToken:deletion": {
    title: "API Token Deletion",
    targetType: "apiToken",
    events: {
      attempting: { type: "apiToken:deleting", says: "Revoking API token" },
      done: { type: "apiToken:deleted", says: "Revoked API token" },
      failed: { type: "apiToken:deletion-failed", says: "Failed to revoke API token" },
    },
    captured: [],
  },
  "certificate:creation": {
    title: "Certificate Creation",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:creating", says: "Issuing certificate" },
      done: { type: "certificate:created", says: "Issued certificate" },
      failed: { type: "certificate:creation-failed", says: "Failed to issue certificate" },
    },
    captured: [],
  },
  "certificate:renewal": {
    title: "Certificate Renewal",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:renewing", says: "Renewing certificate" },
      done: { type: "certificate:renewed", says: "Renewed certificate" },
      failed: { type: "certificate:renewal-failed", says: "Failed to renew certificate" },
    },
    captured: [],
  },
  "certificate:deletion": {
    title: "Certificate Revocation",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:deleting", says: "Revoking certificate" },
      done: { type: "certificate:deleted", says: "Revoked certificate" },
      failed: { type: "certificate:deletion-failed", says: "Failed to revoke certificate" },
    },
    captured: [],
  },
  "device:creation": {
    title: "Device Claim",
    targetType: "device",
    events: {
      attempting: { type: "device:creating", says: "Claiming device" },
      done: { type: "device:created", says: "Claimed device" },
      failed: { type: "device:creation-failed", says: "Failed to claim device" },
    },
    captured: [],
  },
  "device:deletion": {
    title: "Device Revocation",
    targetType: "device",
    events: {
      attempting: { type: "device:deleting", says: "Revoking device" },
      done: { type: "device:deleted", says: "Revoked device" },
      failed: { type: "device:deletion-failed", says: "Failed to revoke device" },
    },
    captured: [],
  },
} as const satisfies Workflows;
