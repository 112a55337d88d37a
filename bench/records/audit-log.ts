import { catalogEntries } from "@/lib/audit/catalog.ts";
import type { Made, World } from "./made.ts";
import { Random } from "./random.ts";
import { idAt, instant } from "./schedule.ts";

const entries = catalogEntries();
const ends = { done: "success", failed: "failure" } as const;

/** Workflows of two steps, all seventeen columns filled where a real one has something to say. */
export function* auditLog({ seed, organization, schedule, rows }: World): Generator<Made<"audit-log">> {
  const random = new Random(`${seed} audit log`);
  for (let row = 0; row < rows; ) {
    const begun = schedule.microsAt(Math.min(row / rows, 0.999999));
    const { type: workflowType, category, targetType, events } = random.pick(entries);
    const initiator = random.pick(organization.people).email;
    const target = random.pick(organization.people).email;
    const end = random.chance(0.04) ? "failed" : "done";
    const state = {
      email: target,
      role: random.pick(["member", "auditor", "admin"]),
      status: "active",
      note: random.hex(24),
    };
    const workflow = {
      workflowId: idAt(begun, random),
      workflowType,
      category,
      initiator,
      initiatorType: "tenant-user" as const,
      initiatorId: idAt(begun, random),
      target,
      targetType,
      targetId: idAt(begun, random),
    };
    for (const step of ["attempting", end] as const) {
      if (row++ >= rows) return;
      const micros = step === "attempting" ? begun : begun + 900 + random.below(40_000);
      const changed = step === "done" && random.chance(0.5);
      yield {
        micros,
        row: {
          time: instant(micros),
          ...workflow,
          eventType: events[step].type,
          eventDescription: `${events[step].says} ${target}`,
          operationStatus: step === "attempting" ? "inProgress" : ends[step],
          customValues: {
            requestId: random.hex(32),
            client: random.pick(["web", "api"]),
            attempt: 1 + random.below(3),
          },
          ...(changed && {
            originalState: state,
            updatedState: { ...state, role: random.pick(["member", "admin"]) },
          }),
        },
      };
    }
  }
}
