import { by, threeSteps, timestamp, type Workflows } from "./define.ts";

const tokenId = { says: "Token ID", column: "TargetId" } as const;

/** "Deployment token management events" of the source document. */
export const deploymentTokenWorkflows = {
  "deploymenttoken:create": {
    title: "Token Creation",
    targetType: "deploymentToken",
    events: threeSteps(
      "deploymenttoken",
      ["creating", "created", "creation-failed"],
      ["Creating deployment token", "Created deployment token", "Failed to create deployment token"],
    ),
    captured: [
      { says: "Token details", key: "tokenDetails", kind: "json" },
      by("created by"),
      { says: "creation status", status: "creationStatus" },
      timestamp,
    ],
  },
  "deploymenttoken:delete": {
    title: "Token Deletion",
    targetType: "deploymentToken",
    events: threeSteps(
      "deploymenttoken",
      ["deleting", "deleted", "deletion-failed"],
      ["Deleting deployment token", "Deleted deployment token", "Failed to delete deployment token"],
    ),
    captured: [tokenId, by("deleted by"), { says: "deletion status", status: "deletionStatus" }, timestamp],
  },
  "deploymenttoken:pair": {
    title: "Token Pairing",
    targetType: "deploymentToken",
    events: threeSteps(
      "deploymenttoken",
      ["pairing", "paired", "pairing-failed"],
      [
        "Pairing a host by deployment token",
        "Paired a host by deployment token",
        "Failed to pair a host by deployment token",
      ],
    ),
    captured: [tokenId, { says: "pairing status", status: "pairingStatus" }, timestamp],
  },
} as const satisfies Workflows;
