"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "./button.tsx";
import { addDays, addMonths, dayWords, monthWords, startOfWeek, weeksOf } from "./calendar-days.ts";
import { cx } from "./cx.ts";

type CalendarProps = {
  /** The day that is chosen already; none while it is no day. */
  chosen: string | undefined;
  today: string;
  onChoose: (day: string) => void;
};

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** A month to choose a day from. Arrows walk days, Page Up and Page Down months, Home and End the week. */
export function Calendar({ chosen, today, onChoose }: CalendarProps) {
  const [day, setDay] = useState(chosen ?? today);
  const grid = useRef<HTMLTableElement>(null);

  const moves: { [key: string]: (from: string) => string } = {
    ArrowLeft: (from) => addDays(from, -1),
    ArrowRight: (from) => addDays(from, 1),
    ArrowUp: (from) => addDays(from, -7),
    ArrowDown: (from) => addDays(from, 7),
    PageUp: (from) => addMonths(from, -1),
    PageDown: (from) => addMonths(from, 1),
    Home: startOfWeek,
    End: (from) => addDays(startOfWeek(from), 6),
  };

  function onKeyDown(event: KeyboardEvent) {
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    flushSync(() => setDay(move(day)));
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  return (
    <div className="flex w-64 flex-col gap-1 p-2">
      <div className="flex items-center justify-between">
        <Button
          look="quiet"
          size="sm"
          square
          aria-label="Month before"
          onClick={() => setDay(addMonths(day, -1))}
        >
          <ChevronLeft aria-hidden className="size-4" />
        </Button>
        <span aria-live="polite" className="font-medium">
          {monthWords(day)} <span className="font-normal text-ink-3">UTC</span>
        </span>
        <Button
          look="quiet"
          size="sm"
          square
          aria-label="Month after"
          onClick={() => setDay(addMonths(day, 1))}
        >
          <ChevronRight aria-hidden className="size-4" />
        </Button>
      </div>
      <table ref={grid} className="tabular w-full table-fixed text-center" onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {weekdays.map((name) => (
              <th key={name} scope="col" abbr={name} className="h-6 text-xs font-normal text-ink-3">
                {name.slice(0, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(day).map((week) => (
            <tr key={week[0]}>
              {week.map((each) => (
                <td key={each} className="p-0">
                  <button
                    type="button"
                    tabIndex={each === day ? 0 : -1}
                    {...(each === day && { "data-autofocus": true })}
                    {...(each === today && { "aria-current": "date" })}
                    aria-pressed={each === chosen}
                    aria-label={dayWords(each)}
                    onClick={() => onChoose(each)}
                    className={cx(
                      "h-8 w-full rounded-md hover:bg-hover aria-pressed:bg-accent aria-pressed:text-on-accent",
                      each.slice(0, 7) !== day.slice(0, 7) && "text-ink-3",
                      each === today && "font-semibold underline underline-offset-4",
                    )}
                  >
                    {Number(each.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
