import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import type { AuditEventType, Step } from "@/lib/audit/catalog/define.ts";
import {
  type AuditCategory,
  auditCategories,
  type CatalogEntry,
  catalogEntries,
} from "@/lib/audit/catalog.ts";
import { columnReference } from "@/lib/audit/column-reference.ts";
import { stepStatuses, whereHeld } from "@/lib/audit/where-held.ts";

const anchorOf = (title: string): string => title.toLowerCase().replace(/[^a-z]+/g, "-");
const columnsTitle = "Columns";

/** What the audit log may say, from its catalogue: categories, workflows, events, captured information, columns. */
export function ReferenceView() {
  const entries = catalogEntries();
  return (
    <SettingsPage
      title="Audit log reference"
      above={<Breadcrumb href="/settings/audit-log">Audit Log</Breadcrumb>}
      about={
        <>
          A workflow is one business process. Its events share a WorkflowId, and each says how far it came.
          What is captured stands in a column, or in CustomValues under a key. Daybook keeps what other
          products tell and writes the rest itself; nobody else may use a workflow of its own.
        </>
      }
    >
      <nav aria-label="Categories">
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {[...auditCategories, columnsTitle].map((title) => (
            <li key={title}>
              <a href={`#${anchorOf(title)}`} className="text-accent hover:underline">
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {auditCategories.map((category) => (
        <Category
          key={category}
          category={category}
          entries={entries.filter((entry) => entry.category === category)}
        />
      ))}
      <Columns />
    </SettingsPage>
  );
}

function Category({ category, entries }: { category: AuditCategory; entries: readonly CatalogEntry[] }) {
  const anchor = anchorOf(category);
  return (
    <section aria-labelledby={anchor} className="flex flex-col">
      <h2 id={anchor} className="scroll-mt-16 pb-2 font-semibold">
        {category}
      </h2>
      {entries.map((entry) => (
        <Workflow key={entry.type} entry={entry} />
      ))}
    </section>
  );
}

const columnTitle = "text-xs text-ink-2";

function Workflow({ entry }: { entry: CatalogEntry }) {
  const { type, title, targetType, foreign, events, captured } = entry;
  return (
    <article className="grid gap-x-6 gap-y-2 border-t border-line py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_minmax(0,1.6fr)]">
      <div className="flex flex-col gap-0.5">
        <h3 className="font-medium">{title}</h3>
        <Code text={type} />
        <p className={columnTitle}>
          Target type <Code text={targetType} />
        </p>
        {foreign && <p className={columnTitle}>told by other products</p>}
      </div>
      <div>
        <p className={columnTitle}>Events</p>
        <ul>
          {(Object.entries(events) as [Step, AuditEventType][]).map(([step, event]) => (
            <li key={step} className="flex flex-wrap gap-x-2">
              <Code text={event.type} />
              <span className="text-ink-2">{stepStatuses[step].join(" or ")}</span>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <p className={columnTitle}>Captured information</p>
        <ul>
          {captured.map((item) => {
            const { column, key, what } = whereHeld(item, entry);
            return (
              <li key={item.says} className="flex flex-wrap gap-x-2">
                <span>{item.says}</span>
                <span className="text-ink-2">
                  <Code text={key === undefined ? column : `${column}.${key}`} />
                  {what !== undefined && ` ${what}`}
                </span>
              </li>
            );
          })}
        </ul>
      </div>
    </article>
  );
}

function Columns() {
  const anchor = anchorOf(columnsTitle);
  return (
    <section aria-labelledby={anchor}>
      <h2 id={anchor} className="scroll-mt-16 pb-2 font-semibold">
        {columnsTitle}
      </h2>
      {columnReference.map(({ column, description, type, notes }) => (
        <article
          key={column}
          className="grid gap-x-6 gap-y-1 border-t border-line py-2 md:grid-cols-[10rem_minmax(0,1fr)_10rem_minmax(0,1.6fr)]"
        >
          <h3 className="font-mono text-xs leading-5">{column}</h3>
          <p>{description}</p>
          <p className="text-ink-2">{type}</p>
          <p className="text-ink-2 wrap-anywhere">{notes}</p>
        </article>
      ))}
    </section>
  );
}

function Code({ text }: { text: string }) {
  return <code className="font-mono text-xs wrap-anywhere">{text}</code>;
}
