import type { DraftOf } from "@/lib/ingest/rows.ts";
import { customValuesSchema, ownCustomValuesSchema } from "./captured.ts";
import type { Captured, Step } from "./catalog/define.ts";
import { type CatalogEntry, catalogEntry } from "./catalog.ts";
import { stepStatuses } from "./where-held.ts";

/** What is wrong with a field of an audit event. */
export type EventFault = { field: string; reason: string };

type Event = Pick<
  DraftOf<"audit-log">,
  | "workflowType"
  | "eventType"
  | "operationStatus"
  | "category"
  | "targetType"
  | "customValues"
  | "target"
  | "targetId"
  | "originalState"
  | "updatedState"
>;

/** Holds an event against the catalogue. @returns nothing when it fits */
export function eventFaults(event: Event): EventFault[] {
  const { workflowType, eventType, operationStatus, category, targetType, customValues } = event;
  const entry = catalogEntry(workflowType);
  if (!entry) return [{ field: "workflowType", reason: `${workflowType} is not in the catalogue` }];
  const faults: EventFault[] = [];
  const step = stepOf(entry, eventType);
  if (step === undefined) {
    const types = Object.values(entry.events).map(({ type }) => type);
    faults.push({ field: "eventType", reason: `must be one of ${types.join(", ")}` });
  } else if (!stepStatuses[step].some((status) => status === operationStatus)) {
    faults.push({
      field: "operationStatus",
      reason: `of ${eventType} must be ${stepStatuses[step].join(" or ")}`,
    });
  }
  if (category !== undefined && category !== entry.category)
    faults.push({ field: "category", reason: `of ${workflowType} is ${entry.category}` });
  if (targetType !== undefined && targetType !== entry.targetType)
    faults.push({ field: "targetType", reason: `of ${workflowType} is ${entry.targetType}` });
  if (customValues !== undefined && customValues !== null)
    faults.push(...schemaFaults(customValuesSchema(workflowType), customValues));
  return faults;
}

/** What keeps an event from being taken from another product: it must not speak as Daybook. */
export function foreignFaults({ workflowType }: Pick<Event, "workflowType">): EventFault[] {
  const entry = catalogEntry(workflowType);
  if (!entry || entry.foreign) return [];
  return [
    { field: "workflowType", reason: `${workflowType} is of Daybook's own, which no other product may use` },
  ];
}

/** What an event of Daybook's own lacks of its captured information. */
export function ownFaults(event: Event, step: Step): EventFault[] {
  const entry = catalogEntry(event.workflowType);
  if (!entry) return eventFaults(event);
  const custom = schemaFaults(ownCustomValuesSchema(entry.type, step), event.customValues ?? {});
  return [...custom, ...entry.captured.flatMap((item) => columnFault(item, event, step))];
}

const captureds = {
  Target: "target",
  TargetId: "targetId",
  OriginalState: "originalState",
  UpdatedState: "updatedState",
} as const;

/** States are of changes that were made. */
function columnFault(item: Captured, event: Event, step: Step): EventFault[] {
  if (!("column" in item) || item.column === "Timestamp" || item.column === "Initiator") return [];
  const isState = item.column === "OriginalState" || item.column === "UpdatedState";
  if (isState && step !== "done") return [];
  const field = captureds[item.column];
  const value = event[field];
  const held = value !== undefined && value !== null && value !== "";
  return held ? [] : [{ field, reason: `must hold the captured ${JSON.stringify(item.says)}` }];
}

function stepOf({ events }: CatalogEntry, eventType: string): Step | undefined {
  const steps = Object.keys(events) as Step[];
  return steps.find((step) => events[step]?.type === eventType);
}

function schemaFaults(schema: ReturnType<typeof customValuesSchema>, value: unknown): EventFault[] {
  const checked = schema?.safeParse(value);
  if (!checked || checked.success) return [];
  return checked.error.issues.map(({ path, message }) => ({
    field: ["customValues", ...path].join("."),
    reason: message,
  }));
}
