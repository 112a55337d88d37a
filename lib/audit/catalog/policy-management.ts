import {
  by,
  newValues,
  previousValues,
  targetName,
  threeSteps,
  timestamp,
  type Workflows,
} from "./define.ts";

/** "Policy management events" of the source document. Daybook holds them and writes none. */
export const policyWorkflows = {
  "epbpolicy:create": {
    title: "Policy Creation",
    targetType: "ebpPolicy",
    foreign: true,
    events: threeSteps(
      "epbpolicy",
      ["creating", "created", "creation-failed"],
      ["Creating policy", "Created policy", "Failed to create policy"],
    ),
    captured: [
      targetName("Policy name"),
      by("created by"),
      { says: "initial configuration", key: "initialConfiguration", kind: "json" },
      { says: "creation status", status: "creationStatus" },
      timestamp,
    ],
  },
  "epbpolicy:update": {
    title: "Policy Update",
    targetType: "ebpPolicy",
    foreign: true,
    events: threeSteps(
      "epbpolicy",
      ["updating", "updated", "update-failed"],
      ["Updating policy", "Updated policy", "Failed to update policy"],
    ),
    captured: [
      targetName("Policy name"),
      by("updated by"),
      { says: "modified fields", key: "modifiedFields", kind: "texts" },
      previousValues,
      newValues,
      { says: "update status", status: "updateStatus" },
      timestamp,
    ],
  },
  "epbpolicy:delete": {
    title: "Policy Deletion",
    targetType: "ebpPolicy",
    foreign: true,
    events: threeSteps(
      "epbpolicy",
      ["deleting", "deleted", "deletion-failed"],
      ["Deleting policy", "Deleted policy", "Failed to delete policy"],
    ),
    captured: [
      targetName("Policy name"),
      by("deleted by"),
      { says: "deletion status", status: "deletionStatus" },
      timestamp,
    ],
  },
  "epbpolicythreshold:upsert": {
    title: "Policy Threshold Upsert",
    targetType: "ebpPolicyThreshold",
    foreign: true,
    events: threeSteps(
      "epbpolicythreshold",
      ["upserting", "upserted", "upsert-failed"],
      [
        "Adding or updating the threshold of policy",
        "Added or updated the threshold of policy",
        "Failed to add or update the threshold of policy",
      ],
    ),
    captured: [
      targetName("Policy name"),
      { says: "threshold configuration", key: "thresholdConfiguration", kind: "json" },
      { says: "upsert status", status: "upsertStatus" },
      timestamp,
    ],
  },
  "epbpolicythreshold:delete": {
    title: "Policy Threshold Deletion",
    targetType: "ebpPolicyThreshold",
    foreign: true,
    events: threeSteps(
      "epbpolicythreshold",
      ["deleting", "deleted", "deletion-failed"],
      [
        "Deleting the threshold of policy",
        "Deleted the threshold of policy",
        "Failed to delete the threshold of policy",
      ],
    ),
    captured: [
      targetName("Policy name"),
      { says: "threshold ID", key: "thresholdId", kind: "text" },
      { says: "deletion status", status: "deletionStatus" },
      timestamp,
    ],
  },
} as const satisfies Workflows;
