import { Field, Input } from "@/components/ui/input.tsx";
import type { KindView } from "./kind-view.ts";

type FieldsProps = {
  kind: KindView;
  values?: { [name: string]: string };
  /** What marks the control of a setting that was refused. */
  faultOf: (field: string) => { "aria-invalid"?: true; "aria-describedby"?: string };
};

/** The settings of a kind as controls, named `settings.<name>`. */
export function SettingFields({ kind, values = {}, faultOf }: FieldsProps) {
  return kind.settings.map(({ name, title, description }) => (
    <div key={`${kind.name} ${name}`} className="flex flex-col gap-1">
      <Field label={title} hint="may stay empty">
        <Input
          name={`settings.${name}`}
          defaultValue={values[name]}
          maxLength={1000}
          {...faultOf(`settings.${name}`)}
        />
      </Field>
      <p className="text-xs text-ink-2">{description}</p>
    </div>
  ));
}

/** What was filled in. */
export function readSettings(kind: KindView, fields: FormData): { [name: string]: string } {
  return Object.fromEntries(kind.settings.map(({ name }) => [name, String(fields.get(`settings.${name}`))]));
}
