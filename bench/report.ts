import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type pg from "pg";
import { root } from "@/bin/prepare.mjs";
import type { Stamp } from "./build/database.ts";

/** One line of the table. */
export type Line = {
  what: string;
  product: string;
  baseline: string;
  ratio: string;
  /** Empty where the line only explains another. */
  target: string;
  met: boolean | undefined;
  /** The figures behind the words, for whoever reads the JSON. */
  figures: { [name: string]: number | boolean };
};

/** What the figures depend on. */
export type Machine = { [fact: string]: string };

export async function describeMachine(client: pg.ClientBase, stamp: Stamp): Promise<Machine> {
  const found = await client.query<{ name: string; setting: string }>(
    `SELECT name, current_setting(name) AS setting FROM pg_settings
     WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'work_mem')`,
  );
  const settings = Object.fromEntries(found.rows.map(({ name, setting }) => [name, setting]));
  const size = await client.query<{ size: string }>(
    "SELECT pg_size_pretty(pg_database_size(current_database())) AS size",
  );
  const [load = 0] = os.loadavg();
  return {
    Date: `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    Machine: `${os.availableParallelism()} cores (${os.cpus()[0]?.model.trim()}), ${Math.round(os.totalmem() / 1024 ** 3)} GiB`,
    "Load before": `${load.toFixed(1)} (1 minute)`,
    Software: `Node ${process.versions.node}, PostgreSQL ${settings["server_version"]}, commit ${commit()}`,
    PostgreSQL: ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem"]
      .map((name) => `${name} ${settings[name]}`)
      .join(", "),
    Rows: `${stamp.rows} a log (audit log ${stamp.exportRows}), database ${size.rows[0]?.size}`,
  };
}

function commit(): string {
  try {
    return execFileSync("git", ["-C", root, "rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  } catch {
    // A copy without its history has none.
    return "unknown";
  }
}

const headings = ["what", "product", "baseline", "ratio", "target", "met"] as const;

function cells(line: Line): string[] {
  const met = line.met === undefined ? "" : line.met ? "yes" : "NO";
  return [line.what, line.product, line.baseline, line.ratio, line.target, met];
}

/** The table for a terminal. */
export function asText(machine: Machine, lines: readonly Line[]): string {
  const rows = [[...headings], ...lines.map(cells)];
  const widths = headings.map((_, place) => Math.max(...rows.map((row) => [...(row[place] ?? "")].length)));
  const drawn = rows.map((row) =>
    row
      .map((cell, place) => cell + " ".repeat((widths[place] ?? 0) - [...cell].length))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [...facts(machine, "  "), "", drawn[0], rule, ...drawn.slice(1)].join("\n");
}

function facts(machine: Machine, indent: string): string[] {
  return Object.entries(machine).map(([name, value]) => `${indent}${name}: ${value}`);
}

function asMarkdown(machine: Machine, lines: readonly Line[]): string {
  const row = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const table = [row(headings), row(headings.map(() => "---")), ...lines.map((line) => row(cells(line)))];
  return ["# Daybook against plain PostgreSQL", "", ...facts(machine, "- "), "", ...table, ""].join("\n");
}

/** Writes the table to a file, as its name asks for. */
export function writeReport(file: string, machine: Machine, lines: readonly Line[]): void {
  const json = path.extname(file) === ".json";
  writeFileSync(file, json ? `${JSON.stringify({ machine, lines }, null, 2)}\n` : asMarkdown(machine, lines));
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const times = (value: number): string => `${value.toFixed(2)}×`;
export const perSecond = (value: number): string => `${Math.round(value)}/s`;
export const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MB`;
