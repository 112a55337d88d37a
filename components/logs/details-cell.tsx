import { cx } from "@/components/ui/cx.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { CellKind, LogView } from "@/lib/logs/define.ts";
import { composedColumn } from "@/lib/logs/table-columns.ts";
import { formatDuration } from "./format-values.ts";
import type { Row } from "./log-api.ts";

type Part = { column: string; header: string; kind: CellKind; text: string };

/** Several values in one cell: figures one below the other over the rows, texts behind them as far as they fit. */
export function DetailsCell({ view, column, row }: { view: LogView; column: string; row: Row }) {
  const parts = partsOf(view, column, row);
  const [lead, next] = parts.filter(({ kind, text }) => kind === "command" && text !== "");
  return (
    <span className="flex min-w-0 items-baseline gap-2" title={detailsText(view, column, row)}>
      {parts.map(({ column: part, header, kind, text }) => (
        <span
          key={part}
          className={cx(
            "truncate",
            looks[kind] ?? rest,
            next && part === lead?.column && "max-w-2/5 shrink-0",
          )}
        >
          {text !== "" && (
            <>
              <span className="sr-only">{header}: </span>
              <VisibleText text={text} />
            </>
          )}
        </span>
      ))}
    </span>
  );
}

/** Figures keep their place where there is none. */
const looks: { readonly [kind in CellKind]?: string } = {
  code: "tabular w-7 shrink-0 max-md:w-auto",
  duration: "tabular w-16 shrink-0 text-right max-md:w-auto",
  command: "font-mono text-xs empty:hidden",
};
const rest = "min-w-24 shrink-3 text-ink-2 empty:hidden max-md:hidden";

/** The values of the cell as one text, to be copied. */
export function detailsText(view: LogView, column: string, row: Row): string {
  return partsOf(view, column, row)
    .filter(({ text }) => text !== "")
    .map(({ text }) => text)
    .join(" · ");
}

function partsOf(view: LogView, column: string, row: Row): Part[] {
  return (composedColumn(view, column)?.of ?? []).flatMap((part) => {
    const defined = view.columns[part];
    if (!defined) return [];
    const value = row[part] ?? "";
    const text = value !== "" && defined.cell === "duration" ? formatDuration(Number(value)) : String(value);
    return [{ column: part, header: defined.header, kind: defined.cell, text }];
  });
}
