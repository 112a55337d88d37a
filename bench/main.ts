import pg from "pg";
import { Failure, say } from "@/bin/terminal.mjs";
import { prepareDatabase } from "./build/database.ts";
import { grantApiToken } from "./build/organizations.ts";
import { help, type Options, readOptions, type Section } from "./options.ts";
import { asText, describeMachine, type Line, writeReport } from "./report.ts";
import { measureBrowser } from "./sections/browser.ts";
import type { Context } from "./sections/context.ts";
import { measureDownload } from "./sections/download.ts";
import { measureExport } from "./sections/export.ts";
import { measureHistogram } from "./sections/histogram.ts";
import { measureIngest } from "./sections/ingest.ts";
import { measureLive } from "./sections/live.ts";
import { measurePages } from "./sections/pages.ts";
import { measurePlayer } from "./sections/player.ts";
import { measureReach } from "./sections/reach.ts";
import { measureSearch } from "./sections/search.ts";
import { startServer } from "./server.ts";

const measures: { [section in Section]: (context: Context) => Promise<Line[]> } = {
  pages: measurePages,
  reach: measureReach,
  histogram: measureHistogram,
  export: measureExport,
  download: measureDownload,
  ingest: measureIngest,
  live: measureLive,
  browser: measureBrowser,
  player: measurePlayer,
  search: measureSearch,
};

async function bench(options: Options): Promise<void> {
  const folder = await prepareDatabase(options);
  const server = await startServer(folder, options.dataDir, options.profile);
  try {
    const client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    try {
      const machine = await describeMachine(client, folder.stamp);
      const tokens = {
        main: await grantApiToken(client, "main"),
        ingestion: await grantApiToken(client, "ingestion"),
      };
      const context: Context = { options, stamp: folder.stamp, server, client, tokens };
      const lines: Line[] = [];
      for (const section of options.only) {
        const started = performance.now();
        lines.push(...(await measures[section](context)));
        say(`Measured ${section} in ${Math.round((performance.now() - started) / 1000)} s`);
      }
      say(`\n${asText(machine, lines)}`);
      for (const file of options.out) writeReport(file, machine, lines);
    } finally {
      // Before its server stops, or what went wrong would be hidden by the end of the connection.
      await client.end();
    }
  } finally {
    await server.stop();
  }
}

// Ends the server with us: see startServer.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") say(help);
  else await bench(options);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
