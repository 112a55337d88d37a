import { by, newValues, previousValues, threeSteps, timestamp, username, type Workflows } from "./define.ts";

const statusOfFour = {
  creation: { says: "creation status (attempting/creating/created/failed)", status: "creationStatus" },
  deletion: { says: "deletion status (attempting/deleting/deleted/failed)", status: "deletionStatus" },
} as const;

/** "User management events" of the source document. */
export const userManagementWorkflows = {
  "user:creation": {
    title: "User Creation",
    targetType: "user",
    events: {
      attempting: {
        type: "user:creation-attempting",
        says: "Attempting to create user",
        status: "attempting",
      },
      underWay: { type: "user:creating", says: "Creating user", status: "creating" },
      done: { type: "user:created", says: "Created user", status: "created" },
      failed: { type: "user:creation-failed", says: "Failed to create user", status: "failed" },
    },
    captured: [
      { says: "New username", key: "newUsername", kind: "text" },
      { says: "created by", key: "createdBy", kind: "text" },
      statusOfFour.creation,
      { says: "scope assignment status", key: "scopeAssignmentStatus", kind: "text" },
      timestamp,
    ],
  },
  "user:activation": {
    title: "User Activation",
    targetType: "user",
    events: threeSteps(
      "user",
      ["activating", "activated", "activation-failed"],
      ["Activating user", "Activated user", "Failed to activate user"],
    ),
    captured: [
      username,
      {
        says: "invitation validation status",
        key: "invitationValidationStatus",
        kind: ["valid", "expired", "used", "invalid"],
      },
      { says: "activation status", status: "activationStatus" },
      timestamp,
    ],
  },
  "user:deletion": {
    title: "User Deletion",
    targetType: "user",
    events: {
      attempting: {
        type: "user:deletion-attempting",
        says: "Attempting to delete user",
        status: "attempting",
      },
      underWay: { type: "user:deleting", says: "Deleting user", status: "deleting" },
      done: { type: "user:deleted", says: "Deleted user", status: "deleted" },
      failed: { type: "user:deletion-failed", says: "Failed to delete user", status: "failed" },
    },
    captured: [
      username,
      { says: "deleted by", key: "deletedBy", kind: "text" },
      statusOfFour.deletion,
      timestamp,
    ],
  },
  "user:update": {
    title: "User Update",
    targetType: "user",
    events: threeSteps(
      "user",
      ["updating", "updated", "update-failed"],
      ["Updating user", "Updated user", "Failed to update user"],
      ["updating", "updated", "failed"],
    ),
    captured: [
      username,
      { says: "updated by", key: "updatedBy", kind: "text" },
      { says: "update status (updating/updated/failed)", status: "updateStatus" },
      previousValues,
      newValues,
      timestamp,
    ],
  },
  "user:activation-email-resend": {
    title: "Activation Email Resend",
    targetType: "user",
    events: threeSteps(
      "user",
      ["activation-email-sending", "activation-email-sent", "activation-email-failed"],
      [
        "Sending the activation mail again to",
        "Sent the activation mail again to",
        "Failed to send the activation mail again to",
      ],
      ["sending", "sent", "failed"],
    ),
    captured: [
      username,
      { says: "email sending status (sending/sent/failed)", status: "emailSendingStatus" },
      timestamp,
    ],
  },
  "user:password-reset": {
    title: "Password Reset",
    targetType: "user",
    events: threeSteps(
      "user",
      ["password-resetting", "password-reset", "password-reset-failed"],
      ["Resetting the password of", "Reset the password of", "Failed to reset the password of"],
      ["resetting", "reset", "failed"],
    ),
    captured: [username, { says: "password reset status", status: "passwordResetStatus" }, timestamp],
  },
  "cooperbotk1user:deactivate": {
    title: "K1 User Deactivation",
    targetType: "cooperbotK1User",
    events: threeSteps(
      "cooperbotk1user",
      ["deactivating", "deactivated", "deactivation-failed"],
      ["Deactivating user", "Deactivated user", "Failed to deactivate user"],
    ),
    captured: [
      username,
      by("deactivated by (K1 external system)"),
      { says: "deactivation status", status: "deactivationStatus" },
      timestamp,
    ],
  },
  "cooperbotk1user:delete": {
    title: "K1 User Deletion",
    targetType: "cooperbotK1User",
    events: threeSteps(
      "cooperbotk1user",
      ["deleting", "deleted", "deletion-failed"],
      ["Deleting user", "Deleted user", "Failed to delete user"],
    ),
    captured: [
      username,
      by("deleted by (K1 external system)"),
      { says: "deletion status", status: "deletionStatus" },
      timestamp,
    ],
  },
} as const satisfies Workflows;
