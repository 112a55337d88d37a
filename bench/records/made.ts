import type { DraftOf, RecordLog } from "@/lib/ingest/rows.ts";
import { Connections } from "./connections.ts";
import { type Organization, organization } from "./people.ts";
import { Schedule } from "./schedule.ts";

/** Grows when the records that the generator makes change: a database of an older version is made anew. */
export const generatorVersion = 1;

/** One record as a source would tell it; in order of time within a log. */
export type Made<L extends RecordLog = RecordLog> = { micros: number; row: DraftOf<L>; commandId?: string };

/** What the records of one organization are made from. */
export type World = {
  seed: string;
  organization: Organization;
  schedule: Schedule;
  connections: Connections;
  /** Rows of each log. */
  rows: number;
};

/** @param domain of the people's addresses: two organizations share none */
export function makeWorld(
  domain: string,
  anchorMs: number,
  rows: number,
  size: { people: number; machines: number },
): World {
  const made = organization(domain, size);
  const schedule = new Schedule(anchorMs, domain);
  const connections = new Connections(made, schedule, domain, rows);
  return { seed: domain, organization: made, schedule, connections, rows };
}
