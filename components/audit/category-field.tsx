import { type RefObject, useId } from "react";
import { FieldFault } from "@/components/ui/field-fault.tsx";
import { Select } from "@/components/ui/input.tsx";
import { firstOwnCategory } from "@/lib/audit/download.ts";

type CategoryFieldProps = {
  /** Empty while none is chosen. */
  value: string;
  known: readonly string[];
  fault: string | undefined;
  selectRef: RefObject<HTMLSelectElement | null>;
  onChoose: (category: string) => void;
};

/** The event category of a download: the eight of the audit log's reference, then Daybook's own. */
export function CategoryField({ value, known, fault, selectRef, onChoose }: CategoryFieldProps) {
  const id = useId();
  const own = known.indexOf(firstOwnCategory);
  const groups = [
    { label: "Event categories", categories: known.slice(0, own) },
    { label: "Daybook’s own", categories: known.slice(own) },
    // The address may name one that only a source knows.
    { label: "Of a source", categories: value === "" || known.includes(value) ? [] : [value] },
  ];
  return (
    <div className="flex min-w-0 flex-col gap-1 sm:w-52">
      <label htmlFor={id} className="text-xs font-medium text-ink-2">
        Event Category
      </label>
      <Select
        ref={selectRef}
        id={id}
        value={value}
        required
        aria-invalid={fault !== undefined}
        {...(fault !== undefined && { "aria-describedby": `${id}fault` })}
        onChange={(event) => onChoose(event.target.value)}
      >
        <option value="" disabled>
          Choose …
        </option>
        {groups.map(
          ({ label, categories }) =>
            categories.length > 0 && (
              <optgroup key={label} label={label}>
                {categories.map((category) => (
                  <option key={category} value={category}>
                    {category}
                  </option>
                ))}
              </optgroup>
            ),
        )}
      </Select>
      <FieldFault id={`${id}fault`} fault={fault} />
    </div>
  );
}
