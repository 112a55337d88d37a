import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type {
  MigrationList,
  SchemaContainer,
  SchemaEngine,
} from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { QueryConfig } from "pg";

const projectPrisma = fileURLToPath(new URL("../prisma", import.meta.url));

/** Tables and enums of `public` that Prisma is told to leave alone: none. */
export const noFilters = { externalTables: [], externalEnums: [] };

const charOid = 18;
const textOid = 25;

type Datamodels = [string, string][];

/** The engine's class; the package declares the constructor as `Function`-taking, its callback is a log sink. */
interface EngineClass {
  new: (
    options: { datamodels: Datamodels },
    log: (line: string) => void,
    adapter: object,
  ) => Promise<SchemaEngine>;
}

type PgAdapter = Awaited<ReturnType<PrismaPg["connect"]>>;

let engineClass: Promise<EngineClass> | undefined;

async function instantiate(): Promise<EngineClass> {
  const module = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  // Where the engine leaves its last words before it traps.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: engineFailed } });
  const { instance } = await WebAssembly.instantiate(readFileSync(module.replace(/\.js$/, ".wasm")), {
    "./schema_engine_bg.js": letExit(bindings as unknown as WebAssembly.ModuleImports),
  });
  const start = instance.exports.__wbindgen_start;
  if (typeof start !== "function") throw new Error("Prisma's schema engine has no entry point.");
  bindings.__wbg_set_wasm(instance.exports);
  start();
  return bindings.SchemaEngine;
}

/** The engine forgets the timers of its time limits, and each would keep the process from its end for ten seconds. */
function letExit(imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  const timers = Object.keys(imports).filter((name) => name.startsWith("__wbg_setTimeout_"));
  const unref = (callback: () => void, milliseconds: number) =>
    setTimeout(callback, milliseconds >>> 0).unref();
  return { ...imports, ...Object.fromEntries(timers.map((name) => [name, unref])) };
}

function engineFailed(message: string): never {
  throw new Error(`Prisma's schema engine failed: ${message}`);
}

/**
 * Runs `use` with Prisma's own schema engine in its WebAssembly build. The native engine is a separate
 * download, which a machine without a way to it cannot make; this one comes with `npm ci` and keeps the
 * same `_prisma_migrations` history.
 *
 * @param url where the database is; `null` for work that reads files only
 * @param prismaFolder the folder of schema.prisma and migrations/
 * @throws the database's or the engine's error, in the engine's words
 */
export async function withSchemaEngine<T>(
  url: string | null,
  use: (engine: SchemaEngine) => Promise<T>,
  prismaFolder: string = projectPrisma,
): Promise<T> {
  engineClass ??= instantiate();
  const { new: create } = await engineClass;
  const connections: SqlDriverAdapter[] = [];
  const adapter = bindMigrationAwareSqlAdapterFactory(
    url === null ? offlineAdapter : databaseAdapter(url, connections),
  );
  const datamodels: Datamodels = readSchema(prismaFolder).map((file) => [file.path, file.content]);
  let engine: SchemaEngine | undefined;
  try {
    engine = await create({ datamodels }, () => {}, adapter);
    return await use(engine);
  } catch (error) {
    throw original(error, adapter);
  } finally {
    engine?.free();
    await Promise.all(connections.map((connection) => connection.dispose()));
  }
}

/** An error of the driver reaches us as "External error id#3"; the adapter kept the error itself. */
function original(error: unknown, adapter: ReturnType<typeof bindMigrationAwareSqlAdapterFactory>): unknown {
  const id = error instanceof Error && /External error id#(\d+)/.exec(error.message)?.[1];
  if (!id) return error;
  return adapter.errorRegistry.consumeError(Number(id))?.error ?? error;
}

/** The engine leaves its connections open; `opened` collects them, for whoever has to close them. */
function databaseAdapter(url: string, opened: SqlDriverAdapter[]): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg({ connectionString: url });
  const open = async (connection: Promise<PgAdapter>) => {
    const adapter = await connection;
    sendWholeScripts(adapter);
    knowCatalogTypes(adapter);
    opened.push(adapter);
    return adapter;
  };
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => open(factory.connect()),
    connectToShadowDb: () => open(factory.connectToShadowDb()),
  };
}

/**
 * Prisma's adapter cuts a script at every semicolon, function bodies included. Sent in one piece, as the
 * native engine does, a script also is one transaction. Its last act there is to end the entry that the engine
 * has just made in the history: whenever we are killed, an entry without an end has changed nothing.
 */
function sendWholeScripts(adapter: PgAdapter): void {
  const pool = adapter.underlyingDriver();
  const send = pool.query.bind(pool);
  adapter.executeScript = async (script) => {
    const { rowCount: known } = await send("SELECT FROM pg_tables WHERE tablename = '_prisma_migrations'");
    const end =
      "UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL";
    await send(known ? `${script}\n;\n${end}` : script);
  };
}

/** Prisma's adapter does not know the catalog's one-byte type `"char"`, in which some answers to the engine come. */
function knowCatalogTypes(adapter: PgAdapter): void {
  const pool = adapter.underlyingDriver();
  const ask = pool.query.bind(pool);
  const characterColumns = new WeakMap<unknown[], number[]>();
  const query = async (question: QueryConfig) => {
    const answer = await ask(question);
    const places = answer.fields.flatMap((field, place) => (field.dataTypeID === charOid ? [place] : []));
    for (const field of answer.fields) if (field.dataTypeID === charOid) field.dataTypeID = textOid;
    characterColumns.set(answer.rows, places);
    return answer;
  };
  Object.assign(pool, { query });
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (question) => {
    const answer = await queryRaw(question);
    const places = characterColumns.get(answer.rows) ?? [];
    for (const place of places) answer.columnTypes[place] = ColumnTypeEnum.Character;
    return answer;
  };
}

/** Answers the one question that the engine asks before it compares files with nothing. */
const offline: SqlDriverAdapter = {
  provider: "postgres",
  adapterName: "offline",
  queryRaw: async ({ sql }) => {
    if (!sql.includes("server_version_num")) throw new Error(`Without a database this has no answer: ${sql}`);
    return {
      columnNames: ["exists", "version", "numeric_version"],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, "PostgreSQL 15.0", 150000]],
    };
  },
  executeRaw: async () => noDatabase(),
  executeScript: async () => noDatabase(),
  startTransaction: async () => noDatabase(),
  getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
  dispose: async () => {},
};

const offlineAdapter: SqlMigrationAwareDriverAdapterFactory = {
  provider: "postgres",
  adapterName: "offline",
  connect: async () => offline,
  connectToShadowDb: async () => noDatabase(),
};

function noDatabase(): never {
  throw new Error("This needs a database, and none was given.");
}

/** The Prisma schema as the engine wants it. */
export function readSchema(prismaFolder: string = projectPrisma): SchemaContainer[] {
  const file = path.join(prismaFolder, "schema.prisma");
  return [{ path: file, content: readFileSync(file, "utf8") }];
}

/** The migrations as the engine wants them, in the order in which they are applied. */
export function readMigrations(prismaFolder: string = projectPrisma): MigrationList {
  const baseDir = path.join(prismaFolder, "migrations");
  const directories = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = directories.map((entry) => entry.name).sort();
  return {
    baseDir,
    lockfile: {
      path: "migration_lock.toml",
      content: readFileSync(path.join(baseDir, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok", value: readFileSync(path.join(baseDir, name, "migration.sql"), "utf8") },
      },
    })),
  };
}
