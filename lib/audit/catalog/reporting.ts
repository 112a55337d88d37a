import { by, targetName, threeSteps, timestamp, type Workflows } from "./define.ts";

/** "Reporting events" of the source document. Daybook holds them and writes none. */
export const reportingWorkflows = {
  "epbreport:schedule": {
    title: "Report Schedule",
    targetType: "epbReport",
    foreign: true,
    events: threeSteps(
      "epbreport",
      ["scheduling", "scheduled", "schedule-failed"],
      ["Scheduling report", "Scheduled report", "Failed to schedule report"],
    ),
    captured: [
      targetName("Report name"),
      { says: "schedule configuration", key: "scheduleConfiguration", kind: "json" },
      { says: "scheduling status", status: "schedulingStatus" },
      timestamp,
    ],
  },
  "epbreport:upsert": {
    title: "Report Upsert",
    targetType: "epbReport",
    foreign: true,
    events: threeSteps(
      "epbreport",
      ["upserting", "upserted", "upsert-failed"],
      ["Adding or updating report", "Added or updated report", "Failed to add or update report"],
    ),
    captured: [
      targetName("Report name"),
      { says: "report configuration", key: "reportConfiguration", kind: "json" },
      { says: "upsert status", status: "upsertStatus" },
      timestamp,
    ],
  },
  "epbreport:delete": {
    title: "Report Deletion",
    targetType: "epbReport",
    foreign: true,
    events: threeSteps(
      "epbreport",
      ["deleting", "deleted", "deletion-failed"],
      ["Deleting report", "Deleted report", "Failed to delete report"],
    ),
    captured: [
      targetName("Report name"),
      by("deleted by"),
      { says: "deletion status", status: "deletionStatus" },
      timestamp,
    ],
  },
  "epbreport:snapshot-resend": {
    title: "Report Snapshot Resend",
    targetType: "epbReport",
    foreign: true,
    events: threeSteps(
      "epbreport",
      ["snapshot-resending", "snapshot-resent", "snapshot-resend-failed"],
      [
        "Sending again the snapshot of report",
        "Sent again the snapshot of report",
        "Failed to send again the snapshot of report",
      ],
    ),
    captured: [targetName("Report name"), { says: "resend status", status: "resendStatus" }, timestamp],
  },
} as const satisfies Workflows;
