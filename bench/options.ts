import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "@/bin/prepare.mjs";
import { Failure } from "@/bin/terminal.mjs";

export const sections = [
  "pages",
  "reach",
  "histogram",
  "export",
  "download",
  "ingest",
  "live",
  "browser",
  "player",
  "search",
] as const;
export type Section = (typeof sections)[number];

export type Options = {
  /** Rows of each log. */
  rows: number;
  /** Rows of the audit log, which the export is measured on. */
  exportRows: number;
  only: readonly Section[];
  /** How often product and baseline take turns. */
  rounds: number;
  dataDir: string;
  /** Where the table goes beside the terminal: .json as data, anything else as Markdown. */
  out: readonly string[];
  /** Make the database anew though there is one. */
  fresh: boolean;
  /** A folder for the CPU profile of the server. */
  profile: string | undefined;
};

export const help = `npm run bench -- [options]

Measures Daybook against plain PostgreSQL on a database of its own and prints one table.

  --rows N         rows of each log (1000000)
  --export-rows N  rows of the audit log, which exports are measured on (as --rows)
  --only a,b       of ${sections.join(", ")} (all)
  --rounds N       how often product and baseline take turns (3)
  --data-dir PATH  where the database lies; kept and used again (data/bench)
  --out FILE       write the table there too, as JSON for .json, else as Markdown; may be given twice
  --fresh          make the database anew
  --profile DIR    write a CPU profile of the server there`;

/** @throws Failure that names a wrong option */
export function readOptions(args: string[]): Options | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const rows = count("--rows", values.rows, 10_000, 1_000_000);
  const only = values.only?.split(",") ?? sections;
  const unknown = only.find((name) => !sections.some((section) => section === name));
  if (unknown !== undefined)
    throw new Failure(`--only: ${JSON.stringify(unknown)} is none of ${sections.join(", ")}.`);
  return {
    rows,
    exportRows: count("--export-rows", values["export-rows"], rows, rows),
    only: sections.filter((section) => only.includes(section)),
    rounds: count("--rounds", values.rounds, 1, 3),
    dataDir: path.resolve(root, values["data-dir"] ?? "data/bench"),
    out: (values.out ?? []).map((file) => path.resolve(file)),
    fresh: values.fresh ?? false,
    profile: values.profile === undefined ? undefined : path.resolve(values.profile),
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    rows: text,
    "export-rows": text,
    only: text,
    rounds: text,
    "data-dir": text,
    out: { type: "string", multiple: true },
    fresh: flag,
    profile: text,
    help: flag,
  } as const;
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function count(name: string, value: string | undefined, least: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value.replaceAll("_", ""));
  if (Number.isInteger(number) && number >= least) return number;
  throw new Failure(`${name} must be a whole number from ${least}, and is "${value}".`);
}
