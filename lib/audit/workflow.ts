/** Steps of a workflow are counted up to here: `steps` of one more means more. */
export const mostSteps = 1000;

/** A workflow of the audit log in one line. Times are UTC with microseconds. */
export type WorkflowLine = {
  /** The step by which it is listed: the first that the query matches. Its time and id make the cursor. */
  id: string;
  time: string;
  workflowId: string;
  workflowType: string;
  category: string;
  /** Of the first step. */
  initiator: string;
  initiatorType: string;
  started: string;
  /** Of the last step; a workflow may go on. */
  ended: string;
  durationUs: number;
  /** Of the last step, as the others. */
  target: string | null;
  targetType: string | null;
  operationStatus: string;
  lastEventType: string;
  lastDescription: string;
  /** At most {@link mostSteps} and one. */
  steps: number;
};

export type WorkflowPage = {
  rows: WorkflowLine[];
  nextCursor: string | null;
  /** False when the time allowed ran out first: more may match. */
  complete: boolean;
  scannedTo: string | null;
  position: string | null;
};
