"use client";

import { Check } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { cx } from "@/components/ui/cx.ts";
import { Input } from "@/components/ui/input.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { type LoadValues, type OfferedValue, useOfferedValues } from "./use-offered-values.ts";

type ValuePickerProps = {
  label: string;
  values: readonly string[];
  onToggle: (value: string) => void;
  /** Values to choose from, either all of them or found by what is typed. */
  offer: readonly string[] | LoadValues;
  /** Lets a value be added that is not offered; `undefined` or what is wrong with it. */
  checkTyped?: (text: string) => string | undefined;
  placeholder: string;
  /** One value is chosen, and that is the end of it. */
  single?: boolean;
};

/** Chooses several values: typing narrows the list, Enter and clicks take a value in and out. */
export function ValuePicker({
  label,
  values,
  onToggle,
  offer,
  checkTyped,
  placeholder,
  single = false,
}: ValuePickerProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { offered, loading, error } = useOfferedValues(offer, text, values);
  const typed = text.trim();
  const canAdd = checkTyped !== undefined && typed !== "" && !offered.some(({ value }) => value === typed);
  const fault = canAdd ? checkTyped(typed) : undefined;
  const choices: OfferedValue[] = canAdd ? [...offered, { value: typed }] : offered;
  const current = Math.min(at, choices.length - 1);

  // It may take the place of what had the focus.
  useEffect(() => field.current?.focus({ preventScroll: true }), []);

  function take(choice: OfferedValue | undefined) {
    if (!choice || (choice.value === typed && fault !== undefined)) return;
    onToggle(choice.value);
    setText("");
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === "ArrowDown") setAt(Math.min(current + 1, choices.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
    else if (event.key === "Enter") take(choices[current]);
    else return;
    event.preventDefault();
  }

  return (
    <div className="flex flex-col gap-1">
      <Input
        ref={field}
        data-autofocus
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        aria-invalid={fault !== undefined}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        aria-multiselectable={!single}
        className="max-h-64 min-h-8 overflow-y-auto scroll-thin"
      >
        {choices.map((choice, position) => (
          <Choice
            key={choice.value}
            id={`${id}-${position}`}
            choice={choice}
            chosen={single ? undefined : values.includes(choice.value)}
            current={position === current}
            onTake={() => take(choice)}
          />
        ))}
      </div>
      {loading && choices.length === 0 && <Spinner label="Looking for values" />}
      {error !== undefined && <p className="px-2 text-xs text-failure">{error}</p>}
      {fault !== undefined && <p className="px-2 text-xs text-failure">{fault}</p>}
      {!loading && error === undefined && choices.length === 0 && (
        <p className="px-2 text-xs text-ink-2">No such value</p>
      )}
    </div>
  );
}

type ChoiceProps = {
  id: string;
  choice: OfferedValue;
  chosen: boolean | undefined;
  current: boolean;
  onTake: () => void;
};

function Choice({ id, choice, chosen, current, onTake }: ChoiceProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field above
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
    <div
      id={id}
      role="option"
      aria-selected={chosen ?? current}
      onClick={onTake}
      // The field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
      className={cx(
        "flex h-7 cursor-pointer items-center gap-2 rounded-md px-2",
        current ? "bg-hover" : "hover:bg-hover",
      )}
    >
      {chosen !== undefined && (
        <span
          aria-hidden
          className={cx(
            "flex size-4 shrink-0 items-center justify-center rounded border",
            chosen ? "border-accent bg-accent text-on-accent" : "border-line-strong",
          )}
        >
          {chosen && <Check className="size-3" />}
        </span>
      )}
      <span className="min-w-0 flex-1 truncate">
        <VisibleText text={choice.value} />
      </span>
      {choice.count !== undefined && (
        <span className="tabular shrink-0 text-xs text-ink-3">{choice.count.toLocaleString("en-US")}</span>
      )}
    </div>
  );
}
