"use client";

import Link from "next/link";
import { formatBytes, formatCount } from "@/components/logs/format-values.ts";
import { RequestId } from "@/components/shell/request-id.tsx";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { columnFaults } from "@/lib/audit-import/columns.ts";
import { importLimits } from "@/lib/audit-import/limits.ts";
import type { ImportOutcome } from "@/lib/audit-import/outcome.ts";
import { ColumnChoice, isPlain } from "./column-choice.tsx";
import { FaultList } from "./fault-list.tsx";
import { type ChosenFile, useImport, type Work } from "./use-import.ts";

/** A CSV file on its way into the audit log: chosen, checked, imported. */
export function ImportView() {
  const { chosen, work, checked, imported, fault, choose, setColumns, check, run, cancel } = useImport();
  return (
    <SettingsPage
      title="Import an audit log"
      above={<Breadcrumb href="/settings/audit-log">Audit Log</Breadcrumb>}
      about={
        <>
          A CSV file with the 17 columns of the audit log, such as another Daybook’s download. Rows keep their
          Id and TenantId, and a row that is here already is not added again: a file whose import broke off
          can be imported once more. At most {formatBytes(importLimits.file)} and{" "}
          {formatCount(importLimits.rows)} rows.
        </>
      }
    >
      <Field label="CSV file">
        <Input
          type="file"
          accept=".csv,text/csv"
          disabled={work !== undefined}
          className="h-auto! max-w-xl py-1.5"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
      </Field>
      <div role="alert">
        {fault && (
          <div className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
            <p className="break-words">{fault.message}</p>
            {fault.requestId !== undefined && <RequestId id={fault.requestId} />}
          </div>
        )}
      </div>
      {chosen && !imported && <Columns chosen={chosen} onChange={setColumns} />}
      {chosen && !work && !checked && !imported && (
        <div>
          <Button
            look="primary"
            disabled={columnFaults(chosen.columns).length > 0}
            onClick={() => void check(chosen)}
          >
            Check the file
          </Button>
        </div>
      )}
      {chosen && work && <Progressing work={work} size={chosen.file.size} onCancel={cancel} />}
      {chosen && checked && !work && (
        <Checked chosen={chosen} outcome={checked} onImport={() => void run(chosen)} />
      )}
      <div role="status">{chosen && imported && <Imported name={chosen.file.name} outcome={imported} />}</div>
    </SettingsPage>
  );
}

function Columns({
  chosen,
  onChange,
}: {
  chosen: ChosenFile;
  onChange: (columns: ChosenFile["columns"]) => void;
}) {
  const { header, columns } = chosen;
  const faults = columnFaults(columns);
  if (isPlain(header)) return <p className="text-ink-2">The file has the 17 columns, in their order.</p>;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-ink-2">
        The file’s columns are not the 17 in their order. Say which is which; others are left out.
      </p>
      <ColumnChoice header={header} columns={columns} onChange={onChange} />
      {faults.length > 0 && <p className="text-failure">{faults.join("; ")}.</p>}
    </div>
  );
}

const doings = { reading: "Reading", checking: "Checking", importing: "Importing" } as const;

function Progressing({ work, size, onCancel }: { work: Work; size: number; onCancel: () => void }) {
  const { doing, bytes, rows } = work;
  const counted = rows === undefined ? "" : `${formatCount(rows)} rows, `;
  return (
    <div className="flex max-w-xl flex-col gap-2">
      <p className="tabular-nums">
        {doings[doing]}: {counted}
        {formatBytes(bytes)} of {formatBytes(size)}
      </p>
      <Progress value={size === 0 ? 1 : bytes / size} label={doings[doing]} className="h-1" />
      <div>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </div>
  );
}

function Checked({
  chosen,
  outcome,
  onImport,
}: {
  chosen: ChosenFile;
  outcome: ImportOutcome;
  onImport: () => void;
}) {
  const { rows, added, known, faults, complete } = outcome;
  const bad = new Set(faults.map(({ line }) => line)).size;
  return (
    <div className="flex flex-col gap-4">
      <p role="status">
        {formatCount(rows)} {rows === 1 ? "row" : "rows"}: {formatCount(added)} new, {formatCount(known)} here
        already, {formatCount(bad)} bad.
      </p>
      {faults.length > 0 && <FaultList faults={faults} fileName={chosen.file.name} complete={complete} />}
      {faults.length > 0 ? (
        <p className="text-ink-2">Nothing was stored. Correct the file and choose it again.</p>
      ) : added === 0 ? (
        <p className="text-ink-2">There is nothing to import.</p>
      ) : (
        <div>
          <Button look="primary" onClick={onImport}>
            Import {formatCount(added)} {added === 1 ? "row" : "rows"}
          </Button>
        </div>
      )}
    </div>
  );
}

function Imported({ name, outcome }: { name: string; outcome: ImportOutcome }) {
  const { rows, added, known, sha256 } = outcome;
  return (
    <div className="flex flex-col gap-2">
      <p>
        Imported {name}: {formatCount(rows)} {rows === 1 ? "row" : "rows"}, {formatCount(added)} added,{" "}
        {formatCount(known)} here already.
      </p>
      <p className="text-ink-2">
        SHA-256 of the file: <code className="font-mono break-all">{sha256}</code>
      </p>
      <p>
        <Link
          href="/settings/audit-log?category=Imports"
          prefetch={false}
          className="text-accent hover:underline"
        >
          The import in the audit log
        </Link>
      </p>
    </div>
  );
}
