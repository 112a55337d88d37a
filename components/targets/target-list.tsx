import Form from "next/form";
import Link from "next/link";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { Tab, TabStrip } from "@/components/ui/tabs.tsx";
import type { ParameterError } from "@/lib/http/problem.ts";
import type { SpaceLine } from "@/lib/targets/target-line.ts";
import type { ListName } from "./target-api.ts";
import { TargetTable } from "./target-table.tsx";

type ListProps = {
  list: ListName;
  match: string;
  /** Whether this is not the first page. */
  later: boolean;
  /** Undefined when the address asks for something that cannot be. */
  page: { lines: readonly SpaceLine[]; nextCursor: string | null } | undefined;
  errors: readonly ParameterError[];
};

const paths = { targets: "/settings/targets", spaces: "/settings/targets/spaces" } as const;

/** The page of targets, and that of spaces. */
export function TargetList({ list, match, later, page, errors }: ListProps) {
  return (
    <SettingsPage
      title="Targets and spaces"
      about="What people reached, and from where: made from the records that name them. Say what they are for."
    >
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 border-b border-line">
        <TabStrip label="Targets and spaces">
          <Tab href={paths.targets} current={list === "targets"}>
            Targets
          </Tab>
          <Tab href={paths.spaces} current={list === "spaces"}>
            Spaces
          </Tab>
        </TabStrip>
        <search className="pb-2">
          <Form action={paths[list]} prefetch={false} className="flex items-end gap-2">
            <Field label="Name or description">
              <Input
                key={match}
                type="search"
                name="match"
                defaultValue={match}
                maxLength={200}
                className="w-56"
              />
            </Field>
            <Button type="submit">Find</Button>
          </Form>
        </search>
      </div>
      {errors.length > 0 && (
        <div role="alert" className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
          {errors.map(({ parameter, reason }) => (
            <p key={parameter}>
              The address says <code className="font-mono">{parameter}</code>, which {reason}.
            </p>
          ))}
        </div>
      )}
      {page && <Lines list={list} match={match} later={later} page={page} />}
    </SettingsPage>
  );
}

function Lines({
  list,
  match,
  later,
  page,
}: Pick<ListProps, "list" | "match" | "later"> & { page: NonNullable<ListProps["page"]> }) {
  const { lines, nextCursor } = page;
  if (lines.length === 0) return <Nothing list={list} match={match} />;
  const pageAt = (after: string | undefined): string => {
    const query = new URLSearchParams({
      ...(match !== "" && { match }),
      ...(after !== undefined && { after }),
    });
    return query.size === 0 ? paths[list] : `${paths[list]}?${query}`;
  };
  return (
    <>
      <TargetTable list={list} lines={lines} />
      {(later || nextCursor !== null) && (
        <nav aria-label="Pages" className="flex gap-2">
          {later && (
            <Link href={pageAt(undefined)} prefetch={false} className={buttonClass()}>
              First page
            </Link>
          )}
          {nextCursor !== null && (
            <Link href={pageAt(nextCursor)} prefetch={false} className={buttonClass()}>
              Next page
            </Link>
          )}
        </nav>
      )}
    </>
  );
}

function Nothing({ list, match }: { list: ListName; match: string }) {
  if (match !== "") {
    return (
      <EmptyState>
        <p>
          No {list === "targets" ? "target" : "space"} has “{match}” in its name or description.{" "}
          <Link href={paths[list]} prefetch={false} className="text-accent underline">
            Show all
          </Link>
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState>
      <p>
        {list === "targets" ? "No target" : "No space"} yet. {list === "targets" ? "A target" : "A space"}{" "}
        appears with the first record that names it; records come from{" "}
        <Link href="/settings/sources" prefetch={false} className="text-accent underline">
          sources
        </Link>
        .
      </p>
    </EmptyState>
  );
}
