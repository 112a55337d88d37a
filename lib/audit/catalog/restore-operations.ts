import { targetName, threeSteps, timestamp, type Workflows } from "./define.ts";

const restoreTypes = ["original", "new location", "alternate", "zip"] as const;
const endpoint = targetName("Endpoint name");
const filePath = { says: "file path", key: "filePath", kind: "text" } as const;
const restoreType = {
  says: "restore type (original/new location/alternate/zip)",
  key: "restoreType",
  kind: restoreTypes,
} as const;
const restoreStatus = { says: "restore status", status: "restoreStatus" } as const;

/** "Restore operations" of the source document. Daybook holds them and writes none. */
export const restoreWorkflows = {
  "epbrestore:upsert": {
    title: "Restore Upsert",
    targetType: "epbRestore",
    foreign: true,
    events: threeSteps(
      "epbrestore",
      ["upserting", "upserted", "upsert-failed"],
      [
        "Adding or updating the restore of",
        "Added or updated the restore of",
        "Failed to add or update the restore of",
      ],
    ),
    captured: [
      endpoint,
      { says: "restore details", key: "restoreDetails", kind: "json" },
      { says: "upsert status", status: "upsertStatus" },
      timestamp,
    ],
  },
  "epbrestore:file-level-recovery": {
    title: "File-Level Recovery",
    targetType: "epbRestore",
    foreign: true,
    events: threeSteps(
      "epbrestore",
      ["file-level-recovering", "file-level-recovered", "file-level-recovery-failed"],
      ["Recovering files of", "Recovered files of", "Failed to recover files of"],
    ),
    captured: [endpoint, restoreType, restoreStatus, timestamp],
  },
  "epbrestore:single-file-multi-version-bundle": {
    title: "Single-File Multi-Version Bundle",
    targetType: "epbRestore",
    foreign: true,
    events: threeSteps(
      "epbrestore",
      [
        "single-file-multi-version-bundling",
        "single-file-multi-version-bundled",
        "single-file-multi-version-bundle-failed",
      ],
      [
        "Bundling versions of a file of",
        "Bundled versions of a file of",
        "Failed to bundle versions of a file of",
      ],
    ),
    captured: [
      endpoint,
      filePath,
      { says: "version selection", key: "versionSelection", kind: "json" },
      { says: "bundle status", status: "bundleStatus" },
      timestamp,
    ],
  },
  "epbrestore:single-file-multi-version-recover": {
    title: "Single-File Multi-Version Recover",
    targetType: "epbRestore",
    foreign: true,
    events: threeSteps(
      "epbrestore",
      [
        "single-file-multi-version-recovering",
        "single-file-multi-version-recovered",
        "single-file-multi-version-recover-failed",
      ],
      [
        "Recovering versions of a file of",
        "Recovered versions of a file of",
        "Failed to recover versions of a file of",
      ],
    ),
    captured: [
      endpoint,
      filePath,
      {
        says: "recovery type (original/new location/alternate/zip)",
        key: "recoveryType",
        kind: restoreTypes,
      },
      { says: "recovery status", status: "recoveryStatus" },
      timestamp,
    ],
  },
  "epbrestore:single-file-multi-version-restore": {
    title: "Single-File Multi-Version Restore",
    targetType: "epbRestore",
    foreign: true,
    events: threeSteps(
      "epbrestore",
      [
        "single-file-multi-version-restoring",
        "single-file-multi-version-restored",
        "single-file-multi-version-restore-failed",
      ],
      [
        "Restoring versions of a file of",
        "Restored versions of a file of",
        "Failed to restore versions of a file of",
      ],
    ),
    captured: [endpoint, filePath, restoreType, restoreStatus, timestamp],
  },
  "epbrestore:bare-metal-recovery": {
    title: "Bare Metal Recovery (BMR)",
    targetType: "epbRestore",
    foreign: true,
    events: threeSteps(
      "epbrestore",
      ["bare-metal-recovering", "bare-metal-recovered", "bare-metal-recovery-failed"],
      ["Recovering from bare metal", "Recovered from bare metal", "Failed to recover from bare metal"],
    ),
    captured: [
      endpoint,
      { says: "restore point", key: "restorePoint", kind: "text" },
      { says: "BMR status", status: "bmrStatus" },
      timestamp,
    ],
  },
} as const satisfies Workflows;
