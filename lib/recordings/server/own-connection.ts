import "server-only";
import { v5 as uuidv5 } from "uuid";

/** The connection that is made for a recording when its sender names none. */
export function ownConnectionId(sourceId: string, recordingId: string): string {
  return uuidv5(recordingId, sourceId);
}
