import {
  by,
  newValues,
  previousValues,
  sourceIpAddress,
  threeSteps,
  timestamp,
  username,
  type Workflows,
  whyOptional,
} from "./define.ts";

const loginStatus = { says: "login status (success/failure)", status: "loginStatus" } as const;
const loginWords = ["attempting", "success", "failure"] as const;
const loginVerbs = ["logging-in", "logged-in", "login-failed"] as const;
const signIn = ["Signing in", "Signed in", "Failed to sign in"] as const;
const mappings = ["mapped", "created", "unmapped", "refused"] as const;
const vsaMapping = {
  says: "VSA user mapping status",
  key: "vsaUserMappingStatus",
  kind: mappings,
  known: "done",
} as const;

function loginBy(provider: string) {
  return threeSteps(
    "user",
    [`${provider}-logging-in`, `${provider}-logged-in`, `${provider}-login-failed`],
    signIn,
    loginWords,
  );
}

/** "User access events" of the source document, and Daybook's own of that category after them. */
export const userAccessWorkflows = {
  "user:login": {
    title: "Email/Password Login",
    targetType: "user",
    events: threeSteps("user", loginVerbs, signIn, loginWords),
    captured: [
      username,
      sourceIpAddress,
      { says: "authentication method", key: "authenticationMethod", kind: "text" },
      loginStatus,
      {
        says: "2FA verification/configuration if applicable",
        key: "secondFactor",
        kind: "json",
        known: "sometimes",
      },
      timestamp,
      { says: "session ID", key: "sessionId", kind: "text", known: "done" },
    ],
  },
  "user:vsa9-login": {
    title: "VSA 9 Login",
    targetType: "user",
    events: loginBy("vsa9"),
    captured: [username, vsaMapping, sourceIpAddress, timestamp],
  },
  "user:vsax-login": {
    title: "VSA X Login",
    targetType: "user",
    events: loginBy("vsax"),
    captured: [username, sourceIpAddress, timestamp],
  },
  "user:k1-login": {
    title: "K1 Login",
    targetType: "user",
    events: loginBy("k1"),
    captured: [
      username,
      { says: "K1 authentication status", status: "k1AuthenticationStatus" },
      { says: "K1 user mapping status", key: "k1UserMappingStatus", kind: mappings, known: "done" },
      { says: "access groups assigned", key: "accessGroupsAssigned", kind: "texts", known: "done" },
      timestamp,
    ],
  },
  "user:logout": {
    title: "Deliberate Logout",
    targetType: "user",
    events: threeSteps(
      "user",
      ["logging-out", "logged-out", "logout-failed"],
      ["Signing out", "Signed out", "Failed to sign out"],
    ),
    captured: [username, timestamp],
  },
  "user:automatic-logout": {
    title: "Automatic Logout",
    targetType: "user",
    events: threeSteps(
      "user",
      ["automatically-logging-out", "automatically-logged-out", "automatic-logout-failed"],
      ["Ending the session of", "Ended the session of", "Failed to end the session of"],
    ),
    captured: [username, timestamp],
  },
  "sso:login": {
    title: "Single Sign-On Login",
    targetType: "user",
    events: threeSteps("sso", loginVerbs, signIn, loginWords),
    captured: [
      username,
      sourceIpAddress,
      { says: "identity provider", key: "identityProvider", kind: "text" },
      loginStatus,
      { says: "user mapping status", key: "userMappingStatus", kind: mappings, known: "done" },
      timestamp,
      { says: "session ID", key: "sessionId", kind: "text", known: "done" },
    ],
  },
  "secondFactor:enrolment": {
    title: "Second Factor Enrolment",
    targetType: "user",
    events: threeSteps(
      "secondFactor",
      ["enrolling", "enrolled", "enrolment-failed"],
      ["Setting up a second factor of", "Set up a second factor of", "Failed to set up a second factor of"],
    ),
    captured: [
      username,
      sourceIpAddress,
      { says: "IDs of the sessions that end with it", key: "sessionIds", kind: "texts", known: "sometimes" },
      timestamp,
    ],
  },
  "secondFactor:removal": {
    title: "Second Factor Removal",
    targetType: "user",
    events: threeSteps(
      "secondFactor",
      ["removing", "removed", "removal-failed"],
      [
        "Removing the second factor of",
        "Removed the second factor of",
        "Failed to remove the second factor of",
      ],
    ),
    captured: [username, by("removed by"), timestamp],
  },
  "recoveryCodes:renewal": {
    title: "Recovery Codes Renewal",
    targetType: "user",
    events: threeSteps(
      "recoveryCodes",
      ["renewing", "renewed", "renewal-failed"],
      [
        "Renewing the recovery codes of",
        "Renewed the recovery codes of",
        "Failed to renew the recovery codes of",
      ],
    ),
    captured: [username, timestamp],
  },
  "user:lockout": {
    title: "User Lock-out",
    targetType: "user",
    events: threeSteps(
      "user",
      ["locking-out", "locked-out", "lockout-failed"],
      ["Locking out", "Locked out", "Failed to lock out"],
    ),
    captured: [
      username,
      { says: "source IP address", key: "sourceIpAddress", kind: "text", known: "sometimes" },
      { says: "locked until", key: "lockedUntil", kind: "text" },
      timestamp,
    ],
  },
  "user:unlock": {
    title: "User Unlock",
    targetType: "user",
    events: threeSteps(
      "user",
      ["unlocking", "unlocked", "unlock-failed"],
      ["Unlocking", "Unlocked", "Failed to unlock"],
    ),
    captured: [
      username,
      by("unlocked by"),
      sourceIpAddress,
      whyOptional,
      { says: "locked until", key: "lockedUntil", kind: "text", known: "sometimes" },
      { says: "failed tries", key: "failedTries", kind: "number", known: "sometimes" },
      timestamp,
    ],
  },
  "session:revocation": {
    title: "Session Revocation",
    targetType: "user",
    events: threeSteps(
      "session",
      ["revoking", "revoked", "revocation-failed"],
      ["Revoking sessions of", "Revoked sessions of", "Failed to revoke sessions of"],
    ),
    captured: [
      username,
      by("revoked by"),
      { says: "session IDs", key: "sessionIds", kind: "texts", known: "done" },
      timestamp,
    ],
  },
  "signInPolicy:update": {
    title: "Sign-in Policy Update",
    targetType: "organization",
    events: threeSteps(
      "signInPolicy",
      ["updating", "updated", "update-failed"],
      [
        "Updating how people sign in to",
        "Updated how people sign in to",
        "Failed to update how people sign in to",
      ],
    ),
    captured: [by("updated by"), previousValues, newValues, timestamp],
  },
} as const satisfies Workflows;
