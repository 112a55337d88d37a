import { Download } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { type AccessPage, type AccessQuery, accessStatuses } from "@/lib/access/access.ts";
import { type Role, roles } from "@/lib/auth/roles.ts";
import type { ParameterError } from "@/lib/http/problem.ts";
import { AccessTable } from "./access-table.tsx";

type ViewProps = {
  query: AccessQuery;
  groups: readonly { id: string; name: string }[];
  /** Undefined when the address asks for something that cannot be. */
  page: AccessPage | undefined;
  /** The role of the reader who manages people; undefined for who does not. */
  manager: Role | undefined;
  errors: readonly ParameterError[];
};

const path = "/settings/access";

/** Who may do and see what. */
export function AccessView({ query, groups, page, manager, errors }: ViewProps) {
  const { after, ...filters } = query;
  return (
    <SettingsPage
      title="Access"
      about={
        <>Who may do and see what at this moment, and why: from the role, the global scope and the groups.</>
      }
      action={
        <a
          href={`/api/v1/access?${searchOf({ ...filters, format: "csv" })}`}
          download
          className={buttonClass()}
        >
          <Download aria-hidden className="size-4" />
          Download CSV
        </a>
      }
    >
      <search>
        <Form action={path} prefetch={false} className="grid items-end gap-2 sm:grid-cols-3 lg:flex">
          <Field label="Address or name">
            <Input type="search" name="match" defaultValue={query.match} maxLength={200} key={query.match} />
          </Field>
          <Choice name="role" label="Role" value={query.role} choices={roles} />
          <Choice name="status" label="State" value={query.status} choices={accessStatuses} />
          <Choice name="group" label="Group" value={query.group} choices={groups} />
          <Field label="May see the space">
            <Input name="space" defaultValue={query.space} maxLength={500} key={query.space} />
          </Field>
          <Field label="May see the target">
            <Input name="target" defaultValue={query.target} maxLength={500} key={query.target} />
          </Field>
          <Button type="submit">Find</Button>
        </Form>
      </search>
      {errors.length > 0 && (
        <div role="alert" className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
          {errors.map(({ parameter, reason }) => (
            <p key={parameter}>
              The address says <code className="font-mono">{parameter}</code>, which {reason}.
            </p>
          ))}
        </div>
      )}
      {page &&
        (page.people.length > 0 ? (
          <AccessTable people={page.people} groups={groups} manager={manager} />
        ) : (
          <Nobody />
        ))}
      {page && (after !== undefined || page.nextCursor !== null) && (
        <nav aria-label="Pages" className="flex gap-2">
          {after !== undefined && (
            <Link href={`${path}?${searchOf(filters)}`} prefetch={false} className={buttonClass()}>
              First page
            </Link>
          )}
          {page.nextCursor !== null && (
            <Link
              href={`${path}?${searchOf({ ...filters, after: page.nextCursor })}`}
              prefetch={false}
              className={buttonClass()}
            >
              Next page
            </Link>
          )}
        </nav>
      )}
    </SettingsPage>
  );
}

function searchOf(fields: { [name: string]: string | undefined }): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value) params.set(name, value);
  return params;
}

type ChoiceProps = {
  name: string;
  label: string;
  value: string | undefined;
  choices: readonly (string | { id: string; name: string })[];
};

function Choice({ name, label, value, choices }: ChoiceProps) {
  return (
    <Field label={label}>
      <Select name={name} defaultValue={value ?? ""} key={value}>
        <option value="">any</option>
        {choices.map((choice) => {
          const [id, text] = typeof choice === "string" ? [choice, choice] : [choice.id, choice.name];
          return (
            <option key={id} value={id}>
              {text}
            </option>
          );
        })}
      </Select>
    </Field>
  );
}

function Nobody() {
  return (
    <EmptyState>
      <p>
        Nobody matches.{" "}
        <Link href={path} prefetch={false} className="text-accent underline">
          Show all
        </Link>
      </p>
    </EmptyState>
  );
}
