import { threeSteps, timestamp, username, type Workflows } from "./define.ts";

/** Mails about accounts that the source document has no event of. */
export const ownUserManagementWorkflows = {
  "user:activation-email": {
    title: "Activation Email",
    targetType: "user",
    events: threeSteps(
      "user",
      ["first-activation-email-sending", "first-activation-email-sent", "first-activation-email-failed"],
      [
        "Sending the activation mail to",
        "Sent the activation mail to",
        "Failed to send the activation mail to",
      ],
      ["sending", "sent", "failed"],
    ),
    captured: [username, { says: "email sending status", status: "emailSendingStatus" }, timestamp],
  },
  "user:password-reset-email": {
    title: "Password Reset Email",
    targetType: "user",
    events: threeSteps(
      "user",
      ["password-reset-email-sending", "password-reset-email-sent", "password-reset-email-failed"],
      [
        "Sending the mail for a new password to",
        "Sent the mail for a new password to",
        "Failed to send the mail for a new password to",
      ],
      ["sending", "sent", "failed"],
    ),
    captured: [username, { says: "email sending status", status: "emailSendingStatus" }, timestamp],
  },
} as const satisfies Workflows;
