import type pg from "pg";
import type { Stamp } from "../build/database.ts";
import type { Options } from "../options.ts";
import type { Server } from "../server.ts";

/** What every section of the bench works with. */
export type Context = {
  options: Options;
  stamp: Stamp;
  server: Server;
  /** Connects as the superuser, for looking and cleaning, never for measuring. */
  client: pg.Client;
  /** API tokens of the organization with records, and of the one that takes what is ingested. */
  tokens: { main: string; ingestion: string };
};
