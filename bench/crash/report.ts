import type { CrashReport, Round } from "./run.ts";

const columns: { [header: string]: (round: Round) => string | number } = {
  round: ({ number }) => number,
  killed: ({ mode }) => mode,
  processes: ({ killed }) => killed,
  "after ms": ({ loadMs }) => loadMs,
  posts: ({ posts }) => posts,
  records: ({ records }) => records,
  unanswered: ({ waiting }) => waiting,
  "back after ms": ({ backMs }) => Math.round(backMs),
  "found stored": ({ foundStored }) => foundStored,
  stored: ({ findings }) => findings.stored,
  LOST: ({ findings }) => findings.lost.length,
  DOUBLED: ({ findings }) => findings.doubled.length,
  TORN: ({ findings }) => findings.torn.length,
};

const widths = Object.keys(columns).map((header) => Math.max(header.length, header === "killed" ? 11 : 6));

export const legend = `records       acknowledged before the kill, in this round
unanswered    posts under way at the kill: sent again with their Idempotency-Key, or given up
found stored  posts sent again of which every record was there: committed, but the answer was lost
stored        rows in the database at the look after the recovery
LOST          acknowledged and not there     DOUBLED  there more than once     TORN  posts stored in part`;

export function tableHead(): string {
  return line(Object.keys(columns));
}

export function tableLine(round: Round): string {
  return line(Object.values(columns).map((value) => String(value(round))));
}

function line(cells: string[]): string {
  return cells
    .map((cell, place) => (place === 1 ? cell.padEnd(widths[1] ?? 0) : cell.padStart(widths[place] ?? 0)))
    .join("  ");
}

/** Everything that must not be, in words; empty when all is well. */
export function complaints({ rounds, faults }: CrashReport): string[] {
  const words = rounds.flatMap(({ number, findings: { lost, doubled, torn, strange, disagreeing } }) => [
    ...some(number, "acknowledged records are not stored", lost),
    ...some(number, "records are stored more than once", doubled),
    ...some(number, "posts are stored in part", torn),
    ...some(number, "records are stored that nobody sent", strange),
    ...(disagreeing > 0
      ? [`Round ${number}: ${disagreeing} connections do not agree with their events`]
      : []),
  ]);
  return [...words, ...faults.map((fault) => `An answer that no crash explains: ${fault}`)];
}

function some(round: number, words: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(", ");
  return [`Round ${round}: ${names.length} ${words}: ${shown}${names.length > 3 ? ", …" : ""}`];
}
