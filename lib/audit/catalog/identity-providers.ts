import { by, newValues, previousValues, threeSteps, timestamp, type Workflows } from "./define.ts";

/** Daybook's own: identity providers for single sign-on, and the tokens by which they provision. */
export const identityProviderWorkflows = {
  "identityProvider:creation": {
    title: "Identity Provider Creation",
    targetType: "identityProvider",
    events: threeSteps(
      "identityProvider",
      ["creating", "created", "creation-failed"],
      ["Adding identity provider", "Added identity provider", "Failed to add identity provider"],
    ),
    captured: [by("created by"), newValues, timestamp],
  },
  "identityProvider:update": {
    title: "Identity Provider Update",
    targetType: "identityProvider",
    events: threeSteps(
      "identityProvider",
      ["updating", "updated", "update-failed"],
      ["Updating identity provider", "Updated identity provider", "Failed to update identity provider"],
    ),
    captured: [by("updated by"), previousValues, newValues, timestamp],
  },
  "identityProvider:deletion": {
    title: "Identity Provider Deletion",
    targetType: "identityProvider",
    events: threeSteps(
      "identityProvider",
      ["deleting", "deleted", "deletion-failed"],
      ["Removing identity provider", "Removed identity provider", "Failed to remove identity provider"],
    ),
    captured: [by("deleted by"), previousValues, timestamp],
  },
  "provisioningToken:creation": {
    title: "Provisioning Token Creation",
    targetType: "provisioningToken",
    events: threeSteps(
      "provisioningToken",
      ["creating", "created", "creation-failed"],
      ["Creating provisioning token", "Created provisioning token", "Failed to create provisioning token"],
    ),
    captured: [by("created by"), timestamp],
  },
  "provisioningToken:deletion": {
    title: "Provisioning Token Deletion",
    targetType: "provisioningToken",
    events: threeSteps(
      "provisioningToken",
      ["deleting", "deleted", "deletion-failed"],
      ["Revoking provisioning token", "Revoked provisioning token", "Failed to revoke provisioning token"],
    ),
    captured: [by("deleted by"), timestamp],
  },
} as const satisfies Workflows;
