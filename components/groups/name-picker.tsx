"use client";

import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useId, useRef } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { scopeNameLength } from "@/lib/groups/group.ts";

type PickerProps = {
  /** As in "space". */
  noun: string;
  label: string;
  names: readonly string[];
  offered: readonly string[];
  onChange: (names: readonly string[]) => void;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
};

/** Names in a list that grows with Enter or Add: those on offer, or any other. */
export function NamePicker({ noun, label, names, offered, onChange, ...marks }: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  function add() {
    const name = input.current?.value ?? "";
    if (input.current) input.current.value = "";
    input.current?.focus();
    if (name.trim() !== "" && !names.includes(name)) onChange([...names, name]);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter") return;
    // Enter would send the form.
    event.preventDefault();
    add();
  }

  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        {label}
      </label>
      <div className="flex gap-2">
        <Input
          ref={input}
          id={id}
          list={`${id}-offered`}
          maxLength={scopeNameLength}
          onKeyDown={onKeyDown}
          {...marks}
        />
        <datalist id={`${id}-offered`}>
          {offered
            .filter((name) => !names.includes(name))
            .map((name) => (
              <option key={name} value={name} />
            ))}
        </datalist>
        <Button onClick={add} aria-label={`Add ${noun}`}>
          <Plus aria-hidden className="size-4" />
          Add
        </Button>
      </div>
      {names.length > 0 && (
        <ul aria-label={label} className="flex max-h-56 flex-wrap gap-1.5 overflow-y-auto">
          {names.map((name) => (
            <li
              key={name}
              className="flex max-w-full items-center gap-1 rounded-md border border-line bg-sunken py-0.5 pr-0.5 pl-2"
            >
              <span className="truncate">
                <VisibleText text={name} />
              </span>
              <Button
                look="quiet"
                size="sm"
                square
                aria-label={`Remove ${noun} ${name}`}
                onClick={() => onChange(names.filter((one) => one !== name))}
              >
                <X aria-hidden className="size-3.5" />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
