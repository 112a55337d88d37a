"use client";

import { ChevronDown, Clock } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { instantOfWall, showTime, wallOfInstant } from "@/components/ui/format-time.ts";
import { Field, Input } from "@/components/ui/input.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import { useKeys } from "@/components/ui/use-keys.ts";
import { useZone } from "@/components/ui/zone.tsx";
import type { TimeRange } from "@/lib/logs/query.ts";
import { instantOf, parseSpan } from "@/lib/logs/time.ts";

const presets = ["15m", "1h", "24h", "7d", "30d"] as const;
const unitWords: { [unit: string]: string } = { m: "minute", h: "hour", d: "day", w: "week" };

/** `24h` as it is said: `Last 24 hours`. */
export function spanWords(span: string): string {
  const count = span.slice(0, -1);
  const unit = unitWords[span.slice(-1)] ?? "";
  return count === "1" ? `Last ${unit}` : `Last ${count} ${unit}s`;
}

/** A range in a few words, its times in the zone. */
export function rangeWords(time: TimeRange, zone: string): string {
  if ("last" in time) return spanWords(time.last);
  const said = (bound: string) => {
    const shown = showTime(bound, zone);
    return shown
      ? `${shown.date} ${shown.clock}${/[1-9]/.test(shown.fraction) ? shown.fraction.replace(/0+$/, "") : ""}`
      : bound;
  };
  const days = zone === "UTC" ? wholeDays(time) : undefined;
  if (days) return `${days.from === days.to ? days.from : `${days.from} – ${days.to}`} UTC`;
  if (time.from !== undefined && time.to !== undefined)
    return `${said(time.from)} – ${said(time.to)} ${zone}`;
  if (time.from !== undefined) return `From ${said(time.from)} ${zone}`;
  if (time.to !== undefined) return `Before ${said(time.to)} ${zone}`;
  return "Any time";
}

const midnight = "T00:00:00.000000Z";

/** The days of a range that begins and ends with one, the last of them included. */
function wholeDays({ from, to }: { from?: string; to?: string }): { from: string; to: string } | undefined {
  if (!from?.endsWith(midnight) || !to?.endsWith(midnight)) return undefined;
  return { from: from.slice(0, 10), to: instantOf(Date.parse(to) - 1).slice(0, 10) };
}

type PickerProps = { time: TimeRange; onChange: (time: TimeRange) => void };

export function TimeRangePicker({ time, onChange }: PickerProps) {
  const { zone } = useZone();
  const button = useRef<HTMLButtonElement>(null);
  useKeys({ t: () => button.current?.click() });
  return (
    <Popover
      buttonRef={button}
      shortcut="t"
      panelLabel="Time range"
      className="h-7! max-w-full max-sm:-order-2"
      trigger={
        <>
          <Clock aria-hidden className="size-3.5 shrink-0 text-ink-3 max-sm:hidden" />
          <span className="tabular truncate">{rangeWords(time, zone)}</span>
          <ChevronDown aria-hidden className="size-3 shrink-0 text-ink-3" />
        </>
      }
    >
      {(close) => (
        <div className="flex w-80 max-w-full flex-col gap-3 p-3">
          <div className="flex flex-wrap gap-1">
            {[...presets, undefined].map((span, at) => {
              const current =
                "last" in time ? time.last === span : span === undefined && !time.from && !time.to;
              return (
                <Button
                  key={span ?? "any"}
                  look={current ? "primary" : "outline"}
                  size="sm"
                  aria-pressed={current}
                  className={current ? "bg-accent! text-on-accent!" : ""}
                  {...(at === 0 && { "data-autofocus": true })}
                  onClick={() => {
                    onChange(span === undefined ? {} : { last: span });
                    close();
                  }}
                >
                  {span === undefined ? "Any time" : spanWords(span)}
                </Button>
              );
            })}
          </div>
          <AbsoluteRange
            time={time}
            zone={zone}
            onChange={(range) => {
              onChange(range);
              close();
            }}
          />
        </div>
      )}
    </Popover>
  );
}

/** From and to, each as a clock of the zone shows it. A bound that is not touched keeps its microseconds. */
function AbsoluteRange({ time, zone, onChange }: PickerProps & { zone: string }) {
  const bounds = startingBounds(time);
  const walls = { from: wallOrEmpty(bounds.from, zone), to: wallOrEmpty(bounds.to, zone) };
  const [edited, setEdited] = useState(walls);
  const [fault, setFault] = useState<string>();

  function boundOf(name: "from" | "to"): string | undefined {
    if (edited[name] === walls[name]) return bounds[name];
    return edited[name] === "" ? undefined : instantOfWall(edited[name], zone);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const from = boundOf("from");
    const to = boundOf("to");
    if (from !== undefined && to !== undefined && from >= to) setFault("“To” must lie after “From”.");
    else onChange({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  }

  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-2 border-t border-line pt-3">
      {(["from", "to"] as const).map((name) => (
        <Field
          key={name}
          label={name === "from" ? "From" : "To"}
          hint={`${zone}${name === "to" ? ", not included" : ""}`}
        >
          <Input
            type="datetime-local"
            step={1}
            value={edited[name]}
            aria-invalid={fault !== undefined}
            onChange={(event) => setEdited({ ...edited, [name]: event.target.value })}
          />
        </Field>
      ))}
      {fault !== undefined && (
        <p role="alert" className="text-xs text-failure">
          {fault}
        </p>
      )}
      <Button type="submit" look="primary">
        Apply
      </Button>
    </form>
  );
}

function wallOrEmpty(bound: string | undefined, zone: string): string {
  return bound === undefined ? "" : wallOfInstant(bound, zone);
}

/** What the fields begin with: a relative range as it is at this moment, to the second. */
function startingBounds(time: TimeRange): { from?: string; to?: string } {
  if (!("last" in time)) return time;
  const from = Date.now() - (parseSpan(time.last) ?? 0);
  return { from: `${new Date(from).toISOString().slice(0, 19)}Z` };
}
