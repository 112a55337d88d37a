import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import type { PlayerIndex } from "@/lib/recordings/idle.ts";
import type { Segment } from "@/lib/recordings/key-frames.ts";

/** The terminal inside asciinema-player, which is WebAssembly and needs no browser. */
export type PlayerTerminal = {
  feed(data: string): void;
  resize(columns: number, rows: number): void;
  /** Each row: its text, and its text with the colours and attributes of each stretch. */
  rows(): { plain: string; styled: string }[];
  cursor(): string;
};

type Range = [pointer: number, length: number];
type Core = {
  create(columns: number, rows: number, scrollback: number, boldIsBright: boolean): CoreTerminal;
  memory: { buffer: ArrayBuffer };
};
type CoreTerminal = {
  feed(data: string): void;
  resize(columns: number, rows: number): void;
  getCursor(): Uint32Array | undefined;
  getLine(
    row: number,
    cursorOn: boolean,
  ): Record<"text" | "codepoints" | "bg" | "raster_symbols" | "vector_symbols", Range>;
};

let core: Core | undefined;

/** The package has no entry to its terminal, so it is cut out of the bundle. */
function playerCore(): Core {
  if (core !== undefined) return core;
  const main = createRequire(import.meta.url).resolve("asciinema-player");
  const bundle = readFileSync(path.join(path.dirname(main), "bundle/asciinema-player.js"), "utf8");
  const glue = bundle.slice(
    bundle.indexOf("\n  let wasm;\n"),
    bundle.indexOf("async function init(options)"),
  );
  const script = `(() => {${glue}; const { memory } = initSync({ module: vtWasmModule }); return { create: create$1, memory }; })()`;
  const made = vm.runInThisContext(script) as Core;
  core = made;
  return made;
}

export function playerTerminal(columns: number, rows: number, init: string): PlayerTerminal {
  const { create, memory } = playerCore();
  const terminal = create(columns, rows, 100, false);
  let height = rows;
  if (init !== "") terminal.feed(init);
  return {
    feed: (data) => terminal.feed(data),
    resize(newColumns, newRows) {
      height = newRows;
      terminal.resize(newColumns, newRows);
    },
    rows: () =>
      Array.from({ length: height }, (_, row) => {
        const line = terminal.getLine(row, false);
        const view = (range: Range, size: number) => new DataView(memory.buffer, range[0], range[1] * size);
        const cells = cellsOf(view(line.text, 12), view(line.codepoints, 4));
        const plain = cells.map(({ text }) => text).join("");
        const fills = spans(view(line.bg, 8), 8).map(([at, width, colour]) => `${at}+${width}:${colour(4)}`);
        const pictures = spans(view(line.raster_symbols, 12), 12).map(
          ([at, , colour]) => `${at}:${colour(8)}`,
        );
        const styled = cells
          .map(({ text, style }) => (text.trim() === "" ? text : `${text}${style}`))
          .join("");
        return { plain: plain.trimEnd(), styled: [styled.trimEnd(), ...fills, ...pictures].join(" ") };
      }),
    cursor: () => String(terminal.getCursor()),
  };
}

type Span = [first: number, second: number, colour: (at: number) => string, view: DataView];

/** Rows of the player's memory: what is between the values is not set to anything. */
function spans(view: DataView, size: number): Span[] {
  const found: Span[] = [];
  for (let start = 0; start < view.byteLength; start += size) {
    const colour = (at: number) => {
      const kind = view.getUint8(start + at);
      const parts = [1, 2, 3].map((part) => view.getUint8(start + at + part));
      return kind < 3 ? `${kind}` : kind === 3 ? `3:${parts[0]}` : `4:${parts.join(":")}`;
    };
    const own = new DataView(view.buffer, view.byteOffset + start, size);
    found.push([own.getUint16(0, true), own.getUint16(2, true), colour, own]);
  }
  return found;
}

function cellsOf(text: DataView, points: DataView): { text: string; style: string }[] {
  return spans(text, 12).flatMap(([, first, colour, own]) => {
    const style = `{${colour(6)},${own.getUint8(10)}}`;
    return Array.from({ length: own.getUint16(4, true) }, (_, at) => {
      const character = String.fromCodePoint(points.getUint32((first + at) * 4, true));
      return { text: character, style };
    });
  });
}

/** Feeds events as the player does when it seeks to the end of a segment. */
export function play(terminal: PlayerTerminal, events: Segment["events"]): void {
  for (const [, code, data] of events) {
    if (code === "o") terminal.feed(data);
    else if (code === "r") {
      const [columns = 0, rows = 0] = data.split("x").map(Number);
      terminal.resize(columns, rows);
    }
  }
}

/** What asciinema-player 3.17 refuses of an index and its segments (`validateIndex`, `normalizeSegment`). */
export function refusedByPlayer(
  index: PlayerIndex,
  segments: readonly Pick<Segment, "snapshot" | "events">[],
): string[] {
  const wrong: string[] = [];
  const check = (right: boolean, message: string) => right || wrong.push(message);
  const starts = index.segments.map(({ start }) => start * 1000);
  const duration = index.duration * 1000;
  check(index.version === 1 && index.segments.length > 0 && starts[0] === 0, "head");
  check(index.segments.length === segments.length, "number of segments");
  starts.forEach((start, at) => {
    if (at > 0) check(start > (starts[at - 1] ?? 0) && start < duration, `start ${at}`);
  });
  let previousMarker = -1;
  for (const [time] of index.markers) {
    check(time >= previousMarker && time <= index.duration, "marker");
    previousMarker = time;
  }
  segments.forEach(({ snapshot, events }, at) => {
    const last = at === segments.length - 1;
    const end = starts[at + 1] ?? duration;
    const whole = Number.isInteger(snapshot.cols) && snapshot.cols > 0 && Number.isInteger(snapshot.rows);
    check(whole && snapshot.rows > 0 && events.length > 0, `snapshot ${at}`);
    let previous = -1;
    for (const [seconds] of events) {
      const time = seconds * 1000;
      check(
        time >= previous && time >= (starts[at] ?? 0) && (last ? time <= end : time < end),
        `time in ${at}`,
      );
      previous = time;
    }
    if (at > 0) check((events[0]?.[0] ?? 0) * 1000 === starts[at], `first event of ${at}`);
    if (last) check(previous === duration, "last event");
  });
  return wrong;
}
