import {
  by,
  newValues,
  previousValues,
  targetName,
  threeSteps,
  timestamp,
  username,
  type Workflows,
} from "./define.ts";

const userId = { says: "User ID", key: "userId", kind: "text" } as const;
const groupIds = { says: "group IDs", key: "groupIds", kind: "texts" } as const;
const previousGroups = { says: "previous groups", column: "OriginalState" } as const;
const newGroups = { says: "new groups", column: "UpdatedState" } as const;
const creationStatus = { says: "creation status", status: "creationStatus" } as const;
const assignmentStatus = { says: "assignment status", status: "assignmentStatus" } as const;
const assigning = ["assigning", "assigned", "assignment-failed"] as const;
const intoGroups = ["Putting into groups", "Put into groups", "Failed to put into groups"] as const;

/** "Group management events" of the source document, whose groups are scopes in its names. */
export const groupManagementWorkflows = {
  "scope:create": {
    title: "Group Creation",
    targetType: "scope",
    events: threeSteps(
      "scope",
      ["creating", "created", "creation-failed"],
      ["Creating group", "Created group", "Failed to create group"],
    ),
    captured: [targetName("Group name"), by("created by"), creationStatus, timestamp],
  },
  "scope:update": {
    title: "Group Update",
    targetType: "scope",
    events: threeSteps(
      "scope",
      ["updating", "updated", "update-failed"],
      ["Updating group", "Updated group", "Failed to update group"],
    ),
    captured: [targetName("Group name"), by("updated by"), previousValues, newValues, timestamp],
  },
  "scope:delete": {
    title: "Group Deletion",
    targetType: "scope",
    events: threeSteps(
      "scope",
      ["deleting", "deleted", "deletion-failed"],
      ["Deleting group", "Deleted group", "Failed to delete group"],
    ),
    captured: [targetName("Group name"), by("deleted by"), timestamp],
  },
  "globalscope:create": {
    title: "Global Scope Creation",
    targetType: "globalScope",
    events: threeSteps(
      "globalscope",
      ["creating", "created", "creation-failed"],
      ["Giving the global scope to", "Gave the global scope to", "Failed to give the global scope to"],
    ),
    captured: [
      userId,
      { says: "tenant ID", key: "tenantId", kind: "text" },
      by("created by"),
      creationStatus,
      timestamp,
    ],
  },
  "userscope:assign": {
    title: "User Group Assignment",
    targetType: "userScope",
    events: threeSteps("userscope", assigning, intoGroups),
    captured: [userId, groupIds, by("assigned by"), assignmentStatus, previousGroups, newGroups, timestamp],
  },
  "userscope:update": {
    title: "User Group Update",
    targetType: "userScope",
    events: threeSteps(
      "userscope",
      ["updating", "updated", "update-failed"],
      ["Changing the groups of", "Changed the groups of", "Failed to change the groups of"],
    ),
    captured: [userId, groupIds, by("updated by"), previousGroups, newGroups, timestamp],
  },
  "k1scope:assign": {
    title: "K1 Group Assignment",
    targetType: "k1Scope",
    events: threeSteps("k1scope", assigning, intoGroups),
    captured: [
      userId,
      { says: "K1 group IDs", key: "k1GroupIds", kind: "texts" },
      by("assigned by"),
      assignmentStatus,
      timestamp,
    ],
  },
  "cooperbotk1accessgroups:sync": {
    title: "K1 Access Groups Sync",
    targetType: "cooperbotK1AccessGroups",
    events: threeSteps(
      "cooperbotk1accessgroups",
      ["syncing", "synced", "sync-failed"],
      ["Syncing the access groups of", "Synced the access groups of", "Failed to sync the access groups of"],
      ["syncing", "synced", "failed"],
    ),
    captured: [
      username,
      { says: "K1 access group IDs", key: "k1AccessGroupIds", kind: "texts" },
      { says: "sync status (syncing/synced/failed)", status: "syncStatus" },
      timestamp,
    ],
  },
} as const satisfies Workflows;
