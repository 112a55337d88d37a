import { newValues, previousValues, targetName, threeSteps, timestamp, type Workflows } from "./define.ts";

/** "Asset management events" of the source document. Daybook holds them and writes none. */
export const assetWorkflows = {
  "epbasset:upsert": {
    title: "Asset Upsert",
    targetType: "epbAsset",
    foreign: true,
    events: threeSteps(
      "epbasset",
      ["upserting", "upserted", "upsert-failed"],
      ["Adding or updating asset", "Added or updated asset", "Failed to add or update asset"],
    ),
    captured: [
      targetName("Asset name"),
      { says: "hostname", key: "hostname", kind: "text" },
      { says: "OS", key: "os", kind: "text" },
      { says: "policy ID", key: "policyId", kind: "text" },
      { says: "license type", key: "licenseType", kind: "text" },
      { says: "organization ID", key: "organizationId", kind: "text" },
      { says: "storage used", key: "storageUsed", kind: "number" },
      { says: "upsert status", status: "upsertStatus" },
      timestamp,
    ],
  },
  "epbasset:update": {
    title: "Asset Update",
    targetType: "epbAsset",
    foreign: true,
    events: threeSteps(
      "epbasset",
      ["updating", "updated", "update-failed"],
      ["Updating asset", "Updated asset", "Failed to update asset"],
    ),
    captured: [
      targetName("Asset name"),
      { says: "updated fields", key: "updatedFields", kind: "texts" },
      previousValues,
      newValues,
      { says: "update status", status: "updateStatus" },
      timestamp,
    ],
  },
  "epbasset:delete": {
    title: "Asset Deletion",
    targetType: "epbAsset",
    foreign: true,
    events: threeSteps(
      "epbasset",
      ["deleting", "deleted", "deletion-failed"],
      ["Deleting asset", "Deleted asset", "Failed to delete asset"],
    ),
    captured: [targetName("Asset name"), { says: "deletion status", status: "deletionStatus" }, timestamp],
  },
} as const satisfies Workflows;
