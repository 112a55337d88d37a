"use client";

import { CalendarDays } from "lucide-react";
import { type RefObject, useId } from "react";
import { Calendar } from "./calendar.tsx";
import { FieldFault } from "./field-fault.tsx";
import { Input } from "./input.tsx";
import { Popover } from "./popover.tsx";

type DateFieldProps = {
  label: string;
  /** As it is typed; perhaps no day yet. */
  value: string;
  /** The day that the value is, where it is one. */
  day: string | undefined;
  /** The day that it is now, in UTC. */
  today: string;
  onType: (text: string) => void;
  /** A day was picked, or the field was left or confirmed with Enter. */
  onCommit: (text: string) => void;
  fault: string | undefined;
  inputRef: RefObject<HTMLInputElement | null>;
};

/** A day in UTC, `2026-11-22`: typed, or picked from a calendar. */
export function DateField(props: DateFieldProps) {
  const { label, value, day, today, onType, onCommit, fault, inputRef } = props;
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label} <span className="font-normal text-ink-3">UTC</span>
      </label>
      <div className="flex gap-1">
        <Input
          ref={inputRef}
          id={id}
          value={value}
          placeholder="YYYY-MM-DD"
          className="tabular sm:w-32"
          required
          aria-invalid={fault !== undefined}
          {...(fault !== undefined && { "aria-describedby": `${id}fault` })}
          onChange={(event) => onType(event.target.value)}
          onBlur={() => onCommit(value)}
        />
        <Popover
          square
          align="end"
          label={`Pick ${label}`}
          panelLabel={label}
          trigger={<CalendarDays aria-hidden className="size-4" />}
        >
          {(close) => (
            <Calendar
              chosen={day}
              today={today}
              onChoose={(picked) => {
                onCommit(picked);
                close();
              }}
            />
          )}
        </Popover>
      </div>
      <FieldFault id={`${id}fault`} fault={fault} />
    </div>
  );
}
