import { Field, Select } from "@/components/ui/input.tsx";
import { type AuditHeader, auditHeaders, type ColumnMap, neededHeaders } from "@/lib/audit-import/columns.ts";

type ChoiceProps = { header: readonly string[]; columns: ColumnMap; onChange: (columns: ColumnMap) => void };

/** Whether a file has the 17 columns and no others, as they are named and in their order. */
export function isPlain(header: readonly string[]): boolean {
  return header.length === auditHeaders.length && auditHeaders.every((name, at) => header[at] === name);
}

/** Which column of the file is which of the audit log. */
export function ColumnChoice({ header, columns, onChange }: ChoiceProps) {
  function change(name: AuditHeader, value: string) {
    const { [name]: _, ...others } = columns;
    onChange(value === "" ? others : { ...others, [name]: Number(value) });
  }
  return (
    <fieldset className="grid grid-cols-1 gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
      <legend className="mb-2 font-medium">Columns</legend>
      {auditHeaders.map((name) => (
        <Field key={name} label={name} {...(neededHeaders.includes(name) && { hint: "needed" })}>
          <Select
            value={columns[name] ?? ""}
            aria-invalid={neededHeaders.includes(name) && columns[name] === undefined}
            onChange={(event) => change(name, event.target.value)}
          >
            <option value="">not in the file</option>
            {header.map((title, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a place is what tells columns of one title apart
              <option key={place} value={place}>
                {title === "" ? `column ${place + 1}` : title}
              </option>
            ))}
          </Select>
        </Field>
      ))}
    </fieldset>
  );
}
