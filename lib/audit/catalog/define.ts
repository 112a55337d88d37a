/** Steps of a workflow: begun, under way, done with the change, or failed after its rollback. */
export type Step = "attempting" | "underWay" | "done" | "failed";

/** What a value in CustomValues is; a list is of the words it may be. */
export type CapturedKind = "text" | "texts" | "number" | "flag" | "json" | readonly string[];

/**
 * One piece of an event's "Captured Information", as the source document words it, and where it is held: under a
 * key of CustomValues, or in a column. `status` is the key that says how far the workflow is: the step decides its
 * word, so that nobody passes it.
 */
export type Captured = { readonly says: string } & (
  | {
      readonly key: string;
      readonly kind: CapturedKind;
      /** `done`: not known before the end; `sometimes`: not of every such event. */
      readonly known?: "done" | "sometimes";
    }
  | { readonly status: string }
  | { readonly column: "Timestamp" | "Initiator" | "Target" | "TargetId" | "OriginalState" | "UpdatedState" }
);

export type AuditEventType = {
  /** `entity:verb`. */
  readonly type: string;
  /** The description's words before the target's name. */
  readonly says: string;
  /** The word of the workflow's status, where it has one. */
  readonly status?: string;
};

export type WorkflowDefinition = {
  /** The event type of the source document's tables that this workflow is. */
  readonly title: string;
  readonly targetType: string;
  /** `underWay` is of those whose status has four words: it is committed with the change. */
  readonly events: {
    readonly attempting: AuditEventType;
    readonly underWay?: AuditEventType;
    readonly done: AuditEventType;
    readonly failed: AuditEventType;
  };
  readonly captured: readonly Captured[];
  /** Of other products: Daybook keeps such events and writes none. */
  readonly foreign?: true;
};

export type Workflows = { readonly [workflowType: string]: WorkflowDefinition };

/** The status of all kinds, where the document prints no words of its own. */
type Words = readonly [attempting: string, done: string, failed: string];

/**
 * The events of a workflow of three steps. `verbs` are those of the event types and the words of the status;
 * `says` the descriptions before the target's name.
 */
export function threeSteps(entity: string, verbs: Words, says: Words, status: Words = verbs) {
  const event = (at: 0 | 1 | 2) => ({ type: `${entity}:${verbs[at]}`, says: says[at], status: status[at] });
  return { attempting: event(0), done: event(1), failed: event(2) };
}

export const timestamp = { says: "timestamp", column: "Timestamp" } as const;
export const username = { says: "Username", key: "username", kind: "text" } as const;
export const sourceIpAddress = { says: "source IP address", key: "sourceIpAddress", kind: "text" } as const;
export const previousValues = { says: "previous values", column: "OriginalState" } as const;
export const newValues = { says: "new values", column: "UpdatedState" } as const;

/** The words of whoever did it, which are asked for. A failed step says in their place why it failed. */
export const why = { says: "reason", key: "reason", kind: "text" } as const;
/** The same where they may be left out. */
export const whyOptional = { ...why, known: "sometimes" } as const;
export const connectionId = { says: "connection ID", key: "connectionId", kind: "text" } as const;

/** Who did it is the Initiator; the document names it among the captured information too. */
export function by(says: string) {
  return { says, column: "Initiator" } as const;
}

/** What the target is called. */
export function targetName(says: string) {
  return { says, column: "Target" } as const;
}
