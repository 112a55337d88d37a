import { useId } from "react";
import { type Bar, piecesOf, type Series } from "./histogram-bars.ts";
import type { Brush } from "./use-brush.ts";

type ChartProps = { bars: readonly Bar[]; series: readonly Series[]; at: number | null; brush: Brush | null };

const unit = 100;

/** The bars themselves. Lengths are shares of a box that stretches; fillings are not, and keep their grain. */
export function HistogramChart({ bars, series, at, brush }: ChartProps) {
  const id = useId();
  const highest = Math.max(1, ...bars.map(({ total }) => total));
  const share = unit / Math.max(1, bars.length);
  return (
    <svg aria-hidden className="absolute inset-0 size-full overflow-visible">
      <defs>
        {series.map((each) => (
          <Fill key={each.value} id={`${id}${each.value}`} series={each} />
        ))}
      </defs>
      {brush && (
        <rect
          x={`${Math.min(brush.from, brush.to) * share}%`}
          width={`${(Math.abs(brush.to - brush.from) + 1) * share}%`}
          y="0"
          height="100%"
          fill="var(--accent-soft)"
          stroke="var(--accent)"
        />
      )}
      {bars.map((bar, place) => (
        <g key={bar.startMs} opacity={at === null || at === place ? 1 : 0.75}>
          {piecesOf(bar, series, highest).map(({ value, from, height }) => (
            <rect
              key={value}
              x={`${place * share + share * 0.08}%`}
              width={`${share * 0.84}%`}
              y={`${unit - from - height}%`}
              height={`${height}%`}
              fill={`url(#${id}${value})`}
            />
          ))}
        </g>
      ))}
      <line x1="0" x2="100%" y1="100%" y2="100%" stroke="var(--line-strong)" />
      {at !== null && (
        <line
          x1={`${(at + 0.5) * share}%`}
          x2={`${(at + 0.5) * share}%`}
          y1="0"
          y2="100%"
          stroke="var(--accent)"
          strokeDasharray="2 2"
        />
      )}
    </svg>
  );
}

/** A filling in its colour: solid, hatched, dotted or lined. */
function Fill({ id, series: { color, filling } }: { id: string; series: Series }) {
  const turned = filling === "hatch" ? { patternTransform: "rotate(45)" } : {};
  return (
    <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse" {...turned}>
      <rect width="4" height="4" fill={color} opacity={filling === "solid" ? 0.75 : 0.18} />
      {filling === "hatch" && <rect width="2" height="4" fill={color} />}
      {filling === "lines" && <rect width="4" height="1.5" fill={color} />}
      {filling === "dots" && <circle cx="2" cy="2" r="1" fill={color} />}
    </pattern>
  );
}

/** The filling of a value beside its name. */
export function Swatch({ series }: { series: Series }) {
  const id = useId();
  return (
    <svg aria-hidden className="size-3 shrink-0">
      <defs>
        <Fill id={id} series={series} />
      </defs>
      <rect width="12" height="12" fill={`url(#${id})`} stroke={series.color} strokeWidth="1" />
    </svg>
  );
}
