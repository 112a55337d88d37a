import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import { deleteRecording } from "@/lib/recordings/server/delete.ts";
import { holdRecording, releaseRecording } from "@/lib/recordings/server/hold.ts";
import { findRecording } from "@/lib/recordings/server/list.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
import { retentionChange } from "../retention-change.ts";
import { deleteExpired } from "./expire.ts";
import { changeRetention, countRetained, readRetention } from "./settings.ts";

let installation: TestInstallation;
let superuser: Principal;
let sourceId: string;
beforeAll(async () => {
  installation = await testInstallation();
  superuser = testPrincipal(await installation.addUser("superuser"));
  sourceId = (await testSource(installation.organizationId, "recordings")).id;
});
afterAll(() => installation.remove());
beforeEach(() => keep(null, null));

const keep = (recordingsDays: number | null, recordingsMinimumDays: number | null) =>
  changeRetention(superuser, { recordingsDays, recordingsMinimumDays, reason: "policy 7" });

/** A recording that was received so many days ago; what it says of itself does not count. */
async function received(daysAgo: number): Promise<RecordingLine> {
  const { organizationId } = installation;
  const about = { word: "old", user: "ann", target: "web-1", time: "1990-01-01T00:00:00.000000Z" };
  const id = await testRecording(organizationId, sourceId, about);
  await pool().query(
    `UPDATE recordings SET received_at = now() - make_interval(days => $2), expires_at = expires_at - make_interval(days => $2)
     WHERE id = $1`,
    [id, daysAgo],
  );
  return line(id);
}

async function line(id: string): Promise<RecordingLine> {
  const found = await findRecording({ organizationId: installation.organizationId }, id);
  if (!found) throw new Error(id);
  return found;
}

const daysUntil = (time: string | null) =>
  time === null ? null : Math.round((Date.parse(time) - Date.now()) / 86_400_000);

describe("how long recordings are kept", () => {
  it("is for ever until somebody says otherwise, and then holds for what is here and for what comes", async () => {
    const before = await received(10);
    expect(before.expiresAt).toBeNull();
    expect(await countRetained(installation.organizationId, 7)).toMatchObject({ due: 1 });
    await keep(30, null);
    expect(daysUntil((await line(before.id)).expiresAt)).toBe(20);
    expect(daysUntil((await received(0)).expiresAt)).toBe(30);
    await keep(90, null);
    expect(daysUntil((await line(before.id)).expiresAt)).toBe(80);
    expect(await readRetention(installation.organizationId)).toMatchObject({
      recordingsDays: 90,
      updatedBy: superuser.email,
    });
    expect(await readRetention(installation.otherOrganizationId)).toMatchObject({ recordingsDays: null });
  });

  it("deletes what is over and nothing else, as a person would, with the cause", async () => {
    const [old, young] = [await received(40), await received(20)];
    await keep(30, null);
    expect(await deleteExpired()).toBe(1);
    expect(await line(old.id)).toMatchObject({
      state: "deleted",
      deletedBy: "Daybook",
      deleteReason: "retention: recordings are kept for 30 days",
      sha256: old.sha256,
    });
    expect((await line(young.id)).state).toBe("ready");
    expect(
      (await pool().query("SELECT FROM recording_chunks WHERE recording_id = $1", [old.id])).rowCount,
    ).toBe(0);
    const steps = await pool().query(
      "SELECT event_type, initiator, initiator_type, custom_values->>'cause' AS cause FROM audit_events WHERE target_id = $1 ORDER BY seq",
      [old.id],
    );
    const said = { initiator: "Daybook", initiator_type: "system", cause: "retention" };
    expect(steps.rows).toEqual([
      { event_type: "recording:deleting", ...said },
      { event_type: "recording:deleted", ...said },
    ]);
  });

  it("is over once for two that look at the same time", async () => {
    await received(40);
    await keep(30, null);
    const counts = await Promise.all([deleteExpired(), deleteExpired()]);
    expect(counts.toSorted()).toEqual([0, 1]);
  });

  it("may have a first part in which nobody can delete", async () => {
    const recording = await received(2);
    await keep(null, 10);
    await expect(deleteRecording(superuser, recording, "a reason")).rejects.toMatchObject({
      status: 409,
      detail: expect.stringMatching(/^The recording must be kept until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/),
    });
    await keep(null, 2);
    await deleteRecording(superuser, recording, "a reason");
    expect((await line(recording.id)).state).toBe("deleted");
  });

  it.each([
    [{ recordingsDays: 0, recordingsMinimumDays: null, reason: "r" }, "recordingsDays"],
    [{ recordingsDays: 1.5, recordingsMinimumDays: null, reason: "r" }, "recordingsDays"],
    [{ recordingsDays: 36_501, recordingsMinimumDays: null, reason: "r" }, "recordingsDays"],
    [{ recordingsDays: 5, recordingsMinimumDays: 6, reason: "r" }, "recordingsMinimumDays"],
    [{ recordingsDays: 5, recordingsMinimumDays: null, reason: " " }, "reason"],
  ])("is refused as %j", (wish, field) => {
    expect(retentionChange.safeParse(wish).error?.issues.map(({ path }) => path.join("."))).toEqual([field]);
  });

  it("is changed with who, why, before and after in the audit log", async () => {
    await keep(60, 30);
    const found = await pool().query(
      `SELECT event_type, custom_values->>'reason' AS reason, original_state, updated_state, initiator FROM audit_events
       WHERE workflow_type = 'retention:update' AND operation_status = 'success' ORDER BY seq DESC LIMIT 1`,
    );
    expect(found.rows).toEqual([
      {
        event_type: "retention:updated",
        reason: "policy 7",
        original_state: { recordingsDays: null, recordingsMinimumDays: null },
        updated_state: { recordingsDays: 60, recordingsMinimumDays: 30 },
        initiator: superuser.email,
      },
    ]);
  });
});

describe("a legal hold", () => {
  it("keeps a recording from people and from its age until it is released", async () => {
    const recording = await received(40);
    await holdRecording(superuser, recording, "case 42");
    const held = await line(recording.id);
    expect(held).toMatchObject({ hold: true, holdReason: "case 42", heldBy: superuser.email });
    await keep(30, null);
    expect(await deleteExpired()).toBe(0);
    await expect(deleteRecording(superuser, held, "a reason")).rejects.toMatchObject({
      status: 409,
      detail: "The recording is under a legal hold and cannot be deleted.",
    });
    await expect(holdRecording(superuser, held, "again")).rejects.toMatchObject({ status: 409 });
    await releaseRecording(superuser, held, "case closed");
    await expect(releaseRecording(superuser, held, "again")).rejects.toMatchObject({ status: 409 });
    expect(await line(recording.id)).toMatchObject({ hold: false, holdReason: null });
    expect(await deleteExpired()).toBe(1);
    const steps = await pool().query(
      "SELECT event_type, custom_values->>'reason' AS reason FROM audit_events WHERE target_id = $1 AND operation_status = 'success' ORDER BY seq",
      [recording.id],
    );
    expect(steps.rows).toEqual([
      { event_type: "recording:held", reason: "case 42" },
      { event_type: "recording:hold-released", reason: "case closed" },
      { event_type: "recording:deleted", reason: "retention: recordings are kept for 30 days" },
    ]);
  });

  it("holds a session that is under way, which nobody can delete before it is over", async () => {
    const recording = await received(0);
    await pool().query("UPDATE recordings SET state = 'live' WHERE id = $1", [recording.id]);
    await holdRecording(superuser, recording, "watching");
    await releaseRecording(superuser, recording, "seen");
    await expect(deleteRecording(superuser, recording, "a reason")).rejects.toMatchObject({ status: 409 });
    await pool().query("UPDATE recordings SET state = 'ready' WHERE id = $1", [recording.id]);
  });
});
