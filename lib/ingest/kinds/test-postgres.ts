import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { lockDataFolder, openDataFolder } from "@/bin/data-folder.mjs";
import { type Cluster, startCluster } from "@/bin/postgres.mjs";

/** A PostgreSQL of its own that writes jsonlog, for tests that read what a real server says. */
export type LoggingPostgres = {
  connect: (options?: pg.ClientConfig) => Promise<pg.Client>;
  /** All that was logged so far, in the order of the files, once `text` has been written. */
  logWith: (text: string) => Promise<string>;
  remove: () => Promise<void>;
};

const settings = {
  logging_collector: "on",
  log_destination: "jsonlog",
  log_timezone: "UTC",
  log_filename: "postgresql-%Y-%m-%d_%H%M%S",
  log_connections: "on",
  log_disconnections: "on",
};

export async function startLoggingPostgres(more: { [name: string]: string }): Promise<LoggingPostgres> {
  const temporary = mkdtempSync(path.join(os.tmpdir(), "daybook-jsonlog-"));
  chmodSync(temporary, 0o711);
  const { folder: dataFolder, cluster, user } = openDataFolder(temporary, true);
  const unlock = lockDataFolder(dataFolder);
  const start = (): Promise<Cluster> =>
    startCluster({ dataFolder, cluster, user, password: "test", durable: false });
  let running = await start();
  const first = new pg.Client({ connectionString: running.superuserUrl });
  await first.connect();
  for (const [name, value] of Object.entries({ ...settings, ...more }))
    await first.query(`ALTER SYSTEM SET ${name} = ${pg.escapeLiteral(value)}`);
  await first.end();
  await running.stop();
  running = await start();
  const folder = path.join(cluster, "log");
  const read = (): string =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => readFileSync(path.join(folder, name), "utf8"))
      .join("");
  return {
    connect: async (options) => {
      const { port } = running;
      const client = new pg.Client({
        host: "127.0.0.1",
        port,
        user: "postgres",
        password: "test",
        database: "postgres",
        ...options,
      });
      client.on("error", () => undefined);
      await client.connect();
      return client;
    },
    logWith: async (text) => {
      for (;;) {
        const log = read();
        if (log.includes(text) && log.endsWith("\n")) return log;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    remove: async () => {
      await running.stop();
      unlock();
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
