/**
 * What the audit log may say: categories, the workflows in them and the events of each workflow. Names and
 * forms are those of the audit log's column reference; Daybook's own additions follow the same forms.
 */

/** The categories one filters and downloads by; those after the first eight are Daybook's own. */
export const auditCategories = [
  "User Access",
  "User Management",
  "Group Management",
  "Asset Management",
  "Policy Management",
  "Access & Tokens",
  "Restore Operations",
  "Reporting",
  "Exports",
  "Targets & Spaces",
  "Session Recordings",
] as const;

export type AuditCategory = (typeof auditCategories)[number];

/** Steps of a workflow: begun, done with the change, or failed after its rollback. */
export type Step = "attempting" | "done" | "failed";

type Event = {
  /** `entity:verb`. */
  type: string;
  /** The description's words before the target's name. */
  says: string;
};

type WorkflowDefinition = {
  category: AuditCategory;
  /** The event type of the source document's tables that this workflow is. */
  title: string;
  targetType: string;
  events: { readonly [S in Step]: Event };
};

/** Every workflow that Daybook itself writes, by its type. */
export const workflowTypes = {
  "user:login": {
    category: "User Access",
    title: "Email/Password Login",
    targetType: "user",
    events: {
      attempting: { type: "user:logging-in", says: "Signing in" },
      done: { type: "user:logged-in", says: "Signed in" },
      failed: { type: "user:login-failed", says: "Failed to sign in" },
    },
  },
  "user:logout": {
    category: "User Access",
    title: "Deliberate Logout",
    targetType: "user",
    events: {
      attempting: { type: "user:logging-out", says: "Signing out" },
      done: { type: "user:logged-out", says: "Signed out" },
      failed: { type: "user:logout-failed", says: "Failed to sign out" },
    },
  },
  "user:automatic-logout": {
    category: "User Access",
    title: "Automatic Logout",
    targetType: "user",
    events: {
      attempting: { type: "user:automatically-logging-out", says: "Ending the session of" },
      done: { type: "user:automatically-logged-out", says: "Ended the session of" },
      failed: { type: "user:automatic-logout-failed", says: "Failed to end the session of" },
    },
  },
  "user:creation": {
    category: "User Management",
    title: "User Creation",
    targetType: "user",
    events: {
      attempting: { type: "user:creating", says: "Creating user" },
      done: { type: "user:created", says: "Created user" },
      failed: { type: "user:creation-failed", says: "Failed to create user" },
    },
  },
  "user:update": {
    category: "User Management",
    title: "User Update",
    targetType: "user",
    events: {
      attempting: { type: "user:updating", says: "Updating user" },
      done: { type: "user:updated", says: "Updated user" },
      failed: { type: "user:update-failed", says: "Failed to update user" },
    },
  },
  "user:password-reset": {
    category: "User Management",
    title: "Password Reset",
    targetType: "user",
    events: {
      attempting: { type: "user:password-resetting", says: "Resetting the password of" },
      done: { type: "user:password-reset", says: "Reset the password of" },
      failed: { type: "user:password-reset-failed", says: "Failed to reset the password of" },
    },
  },
  "deploymentToken:creation": {
    category: "Access & Tokens",
    title: "Deployment Token Creation",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:creating", says: "Creating source" },
      done: { type: "deploymentToken:created", says: "Created source" },
      failed: { type: "deploymentToken:creation-failed", says: "Failed to create source" },
    },
  },
  "deploymentToken:deletion": {
    category: "Access & Tokens",
    title: "Deployment Token Deletion",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:deleting", says: "Removing source" },
      done: { type: "deploymentToken:deleted", says: "Removed source" },
      failed: { type: "deploymentToken:deletion-failed", says: "Failed to remove source" },
    },
  },
  "deploymentToken:update": {
    category: "Access & Tokens",
    title: "Deployment Token Update",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:updating", says: "Changing settings of source" },
      done: { type: "deploymentToken:updated", says: "Changed settings of source" },
      failed: { type: "deploymentToken:update-failed", says: "Failed to change settings of source" },
    },
  },
  "deploymentToken:renewal": {
    category: "Access & Tokens",
    title: "Deployment Token Renewal",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:renewing", says: "Renewing the token of source" },
      done: { type: "deploymentToken:renewed", says: "Renewed the token of source" },
      failed: { type: "deploymentToken:renewal-failed", says: "Failed to renew the token of source" },
    },
  },
  "deploymentToken:suspension": {
    category: "Access & Tokens",
    title: "Deployment Token Suspension",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:suspending", says: "Stopping source" },
      done: { type: "deploymentToken:suspended", says: "Stopped source" },
      failed: { type: "deploymentToken:suspension-failed", says: "Failed to stop source" },
    },
  },
  "deploymentToken:resumption": {
    category: "Access & Tokens",
    title: "Deployment Token Resumption",
    targetType: "deploymentToken",
    events: {
      attempting: { type: "deploymentToken:resuming", says: "Resuming source" },
      done: { type: "deploymentToken:resumed", says: "Resumed source" },
      failed: { type: "deploymentToken:resumption-failed", says: "Failed to resume source" },
    },
  },
  "quarantinedRecord:replay": {
    category: "Access & Tokens",
    title: "Quarantined Record Replay",
    targetType: "quarantinedRecord",
    events: {
      attempting: { type: "quarantinedRecord:replaying", says: "Replaying a quarantined record of" },
      done: { type: "quarantinedRecord:replayed", says: "Replayed a quarantined record of" },
      failed: { type: "quarantinedRecord:replay-failed", says: "Failed to replay a quarantined record of" },
    },
  },
  "quarantinedRecord:dismissal": {
    category: "Access & Tokens",
    title: "Quarantined Record Dismissal",
    targetType: "quarantinedRecord",
    events: {
      attempting: { type: "quarantinedRecord:dismissing", says: "Dismissing a quarantined record of" },
      done: { type: "quarantinedRecord:dismissed", says: "Dismissed a quarantined record of" },
      failed: {
        type: "quarantinedRecord:dismissal-failed",
        says: "Failed to dismiss a quarantined record of",
      },
    },
  },
  "apiToken:creation": {
    category: "Access & Tokens",
    title: "API Token Creation",
    targetType: "apiToken",
    events: {
      attempting: { type: "apiToken:creating", says: "Creating API token" },
      done: { type: "apiToken:created", says: "Created API token" },
      failed: { type: "apiToken:creation-failed", says: "Failed to create API token" },
    },
  },
  "apiToken:deletion": {
    category: "Access & Tokens",
    title: "API Token Deletion",
    targetType: "apiToken",
    events: {
      attempting: { type: "apiToken:deleting", says: "Revoking API token" },
      done: { type: "apiToken:deleted", says: "Revoked API token" },
      failed: { type: "apiToken:deletion-failed", says: "Failed to revoke API token" },
    },
  },
  "certificate:creation": {
    category: "Access & Tokens",
    title: "Certificate Creation",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:creating", says: "Issuing certificate" },
      done: { type: "certificate:created", says: "Issued certificate" },
      failed: { type: "certificate:creation-failed", says: "Failed to issue certificate" },
    },
  },
  "certificate:renewal": {
    category: "Access & Tokens",
    title: "Certificate Renewal",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:renewing", says: "Renewing certificate" },
      done: { type: "certificate:renewed", says: "Renewed certificate" },
      failed: { type: "certificate:renewal-failed", says: "Failed to renew certificate" },
    },
  },
  "certificate:deletion": {
    category: "Access & Tokens",
    title: "Certificate Revocation",
    targetType: "certificate",
    events: {
      attempting: { type: "certificate:deleting", says: "Revoking certificate" },
      done: { type: "certificate:deleted", says: "Revoked certificate" },
      failed: { type: "certificate:deletion-failed", says: "Failed to revoke certificate" },
    },
  },
  "device:creation": {
    category: "Access & Tokens",
    title: "Device Claim",
    targetType: "device",
    events: {
      attempting: { type: "device:creating", says: "Claiming device" },
      done: { type: "device:created", says: "Claimed device" },
      failed: { type: "device:creation-failed", says: "Failed to claim device" },
    },
  },
  "device:deletion": {
    category: "Access & Tokens",
    title: "Device Revocation",
    targetType: "device",
    events: {
      attempting: { type: "device:deleting", says: "Revoking device" },
      done: { type: "device:deleted", says: "Revoked device" },
      failed: { type: "device:deletion-failed", says: "Failed to revoke device" },
    },
  },
  "export:creation": {
    category: "Exports",
    title: "Export Creation",
    targetType: "export",
    events: {
      attempting: { type: "export:creating", says: "Exporting" },
      done: { type: "export:created", says: "Exported" },
      failed: { type: "export:creation-failed", says: "Failed to export" },
    },
  },
  "target:update": {
    category: "Targets & Spaces",
    title: "Target Update",
    targetType: "target",
    events: {
      attempting: { type: "target:updating", says: "Updating target" },
      done: { type: "target:updated", says: "Updated target" },
      failed: { type: "target:update-failed", says: "Failed to update target" },
    },
  },
  "target:deletion": {
    category: "Targets & Spaces",
    title: "Target Deletion",
    targetType: "target",
    events: {
      attempting: { type: "target:deleting", says: "Deleting target" },
      done: { type: "target:deleted", says: "Deleted target" },
      failed: { type: "target:deletion-failed", says: "Failed to delete target" },
    },
  },
  "space:update": {
    category: "Targets & Spaces",
    title: "Space Update",
    targetType: "space",
    events: {
      attempting: { type: "space:updating", says: "Updating space" },
      done: { type: "space:updated", says: "Updated space" },
      failed: { type: "space:update-failed", says: "Failed to update space" },
    },
  },
  "recording:playback": {
    category: "Session Recordings",
    title: "Recording Playback",
    targetType: "recording",
    events: {
      attempting: { type: "recording:playing", says: "Playing the recording of" },
      done: { type: "recording:played", says: "Played the recording of" },
      failed: { type: "recording:playback-failed", says: "Failed to play the recording of" },
    },
  },
  "recording:reading": {
    category: "Session Recordings",
    title: "Recording Reading",
    targetType: "recording",
    events: {
      attempting: { type: "recording:being-read", says: "Reading the recording of" },
      done: { type: "recording:read", says: "Read the recording of" },
      failed: { type: "recording:reading-failed", says: "Failed to read the recording of" },
    },
  },
  "recording:search": {
    category: "Session Recordings",
    title: "Recording Search",
    targetType: "recording",
    events: {
      attempting: { type: "recording:searching", says: "Searching recordings for" },
      done: { type: "recording:searched", says: "Searched recordings for" },
      failed: { type: "recording:search-failed", says: "Failed to search recordings for" },
    },
  },
  "recording:download": {
    category: "Session Recordings",
    title: "Recording Download",
    targetType: "recording",
    events: {
      attempting: { type: "recording:downloading", says: "Downloading the recording of" },
      done: { type: "recording:downloaded", says: "Downloaded the recording of" },
      failed: { type: "recording:download-failed", says: "Failed to download the recording of" },
    },
  },
  "recording:deletion": {
    category: "Session Recordings",
    title: "Recording Deletion",
    targetType: "recording",
    events: {
      attempting: { type: "recording:deleting", says: "Deleting the recording of" },
      done: { type: "recording:deleted", says: "Deleted the recording of" },
      failed: { type: "recording:deletion-failed", says: "Failed to delete the recording of" },
    },
  },
  "recording:hold": {
    category: "Session Recordings",
    title: "Recording Hold",
    targetType: "recording",
    events: {
      attempting: { type: "recording:being-held", says: "Putting a hold on the recording of" },
      done: { type: "recording:held", says: "Put a hold on the recording of" },
      failed: { type: "recording:hold-failed", says: "Failed to put a hold on the recording of" },
    },
  },
  "recording:hold-release": {
    category: "Session Recordings",
    title: "Recording Hold Release",
    targetType: "recording",
    events: {
      attempting: { type: "recording:hold-releasing", says: "Releasing from its hold the recording of" },
      done: { type: "recording:hold-released", says: "Released from its hold the recording of" },
      failed: {
        type: "recording:hold-release-failed",
        says: "Failed to release from its hold the recording of",
      },
    },
  },
  "retention:update": {
    category: "Session Recordings",
    title: "Retention Update",
    targetType: "organization",
    events: {
      attempting: { type: "retention:updating", says: "Updating how long recordings are kept by" },
      done: { type: "retention:updated", says: "Updated how long recordings are kept by" },
      failed: { type: "retention:update-failed", says: "Failed to update how long recordings are kept by" },
    },
  },
  "session:watching": {
    category: "Session Recordings",
    title: "Live Watching",
    targetType: "session",
    events: {
      attempting: { type: "session:being-watched", says: "Watching the session of" },
      done: { type: "session:watched", says: "Watched the session of" },
      failed: { type: "session:watching-failed", says: "Failed to watch the session of" },
    },
  },
  "session:sharing": {
    category: "Session Recordings",
    title: "Session Sharing",
    targetType: "session",
    events: {
      attempting: { type: "session:sharing", says: "Sharing the session of" },
      done: { type: "session:shared", says: "Shared the session of" },
      failed: { type: "session:sharing-failed", says: "Failed to share the session of" },
    },
  },
  "session:unsharing": {
    category: "Session Recordings",
    title: "Session Share Revocation",
    targetType: "session",
    events: {
      attempting: { type: "session:unsharing", says: "Taking back a share of the session of" },
      done: { type: "session:unshared", says: "Took back a share of the session of" },
      failed: { type: "session:unsharing-failed", says: "Failed to take back a share of the session of" },
    },
  },
  "session:end-request": {
    category: "Session Recordings",
    title: "Session End Request",
    targetType: "session",
    events: {
      attempting: { type: "session:end-requesting", says: "Asking for the end of the session of" },
      done: { type: "session:end-requested", says: "Asked for the end of the session of" },
      failed: { type: "session:end-request-failed", says: "Failed to ask for the end of the session of" },
    },
  },
  "session:end-acknowledgement": {
    category: "Session Recordings",
    title: "Session End Acknowledgement",
    targetType: "session",
    events: {
      attempting: {
        type: "session:end-acknowledging",
        says: "Taking note of the wished end of the session of",
      },
      done: { type: "session:end-acknowledged", says: "The host was told to end the session of" },
      failed: { type: "session:end-undelivered", says: "The host was never told to end the session of" },
    },
  },
  "session:ending": {
    category: "Session Recordings",
    title: "Session End",
    targetType: "session",
    events: {
      attempting: { type: "session:ending", says: "Ending the session of" },
      done: { type: "session:ended", says: "Ended the session of" },
      failed: { type: "session:ending-failed", says: "Failed to end the session of" },
    },
  },
} as const satisfies { [workflowType: string]: WorkflowDefinition };

export type WorkflowType = keyof typeof workflowTypes;

/** The definition under its general type. */
export function workflowDefinition(type: WorkflowType): WorkflowDefinition {
  return workflowTypes[type];
}
