import Form from "next/form";
import Link from "next/link";
import { useId } from "react";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { CheckField, Field, Input, Select } from "@/components/ui/input.tsx";
import { connectionKinds } from "@/lib/ingest/enumerations.ts";
import { type RecordingsQuery, recordingsHref, unfiltered } from "@/lib/recordings/recordings-query.ts";

const spans = [
  { value: "24h", label: "the last 24 hours" },
  { value: "7d", label: "the last 7 days" },
  { value: "30d", label: "the last 30 days" },
  { value: "365d", label: "the last year" },
] as const;

const kept = ["match", "user", "target", "last", "from", "to", "kind", "longer", "q"] as const;

const lengths = [
  { value: "1m", label: "a minute" },
  { value: "10m", label: "10 minutes" },
  { value: "1h", label: "an hour" },
] as const;

/** What a form leaves as it is: a form's address holds only what is in the form. */
export function KeptFields({
  query,
  without,
}: {
  query: RecordingsQuery;
  without: readonly (keyof RecordingsQuery)[];
}) {
  return (
    <>
      {kept
        .filter((name) => !without.includes(name) && query[name] !== "")
        .map((name) => (
          <input key={name} type="hidden" name={name} value={query[name]} />
        ))}
      {query.live && !without.includes("live") && <input type="hidden" name="live" value="true" />}
      {query.denied && !without.includes("denied") && <input type="hidden" name="denied" value="true" />}
    </>
  );
}

/** Narrows the list of sessions. A range that is named in the address as instants stays while it is not replaced. */
export function RecordingFilters({ query, targets }: { query: RecordingsQuery; targets: readonly string[] }) {
  const offeredTargets = useId();
  const { target, last, from, to, kind, longer, denied, live } = query;
  const exact = from !== "" || to !== "";
  const offered = spans.some(({ value }) => value === last) || last === "";
  const filtered = target !== "" || last !== "" || exact || kind !== "" || longer !== "" || denied || live;
  return (
    <Form
      key={recordingsHref(query, {})}
      action="/recordings"
      prefetch={false}
      className="flex flex-wrap items-end gap-2"
    >
      <KeptFields
        query={query}
        without={[
          "target",
          "last",
          "kind",
          "longer",
          "denied",
          "live",
          ...(exact ? [] : (["from", "to"] as const)),
        ]}
      />
      <Field label="Target">
        <Input
          name="target"
          list={offeredTargets}
          defaultValue={target}
          maxLength={256}
          placeholder="any"
          className="w-40"
        />
      </Field>
      <datalist id={offeredTargets}>
        {targets.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {exact ? (
        <p className="flex h-8 items-center text-ink-2">
          {from !== "" && `from ${from} `}
          {to !== "" && `to ${to} `}UTC
        </p>
      ) : (
        <Field label="Started">
          <Select name="last" defaultValue={last} className="w-40">
            <option value="">at any time</option>
            {spans.map(({ value, label }) => (
              <option key={value} value={value}>
                in {label}
              </option>
            ))}
            {!offered && <option value={last}>in the last {last}</option>}
          </Select>
        </Field>
      )}
      <Field label="Kind">
        <Select name="kind" defaultValue={kind} className="w-32">
          <option value="">any</option>
          {connectionKinds.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Length">
        <Select name="longer" defaultValue={longer} className="w-40">
          <option value="">any</option>
          {lengths.map(({ value, label }) => (
            <option key={value} value={value}>
              {label} or more
            </option>
          ))}
          {longer !== "" && !lengths.some(({ value }) => value === longer) && (
            <option value={longer}>{longer} or more</option>
          )}
        </Select>
      </Field>
      <span className="flex h-8 items-center">
        <CheckField name="live" value="true" label="Live now" defaultChecked={live} />
      </span>
      <span className="flex h-8 items-center">
        <CheckField name="denied" value="true" label="With denied attempts" defaultChecked={denied} />
      </span>
      <Button type="submit">Filter</Button>
      {filtered && (
        <Link href={recordingsHref(query, unfiltered)} prefetch={false} className={buttonClass("quiet")}>
          Clear
        </Link>
      )}
    </Form>
  );
}

/** Looks for words in everything that was ever shown, or in what the list is narrowed to. */
export function SearchEverything({ query }: { query: RecordingsQuery | undefined }) {
  const narrowed = query !== undefined && recordingsHref(query, { q: "", match: "" }) !== "/recordings";
  return (
    <search className="w-full sm:w-auto">
      <Form action="/recordings" prefetch={false} className="flex items-end gap-2">
        {query && <KeptFields query={query} without={["q"]} />}
        <div className="min-w-0 flex-1">
          <Field label={narrowed ? "Search in these recordings" : "Search in all recordings"}>
            <Input
              key={query?.q}
              type="search"
              name="q"
              defaultValue={query?.q}
              maxLength={256}
              placeholder="Words on the screen"
              className="sm:w-72"
            />
          </Field>
        </div>
        <Button type="submit">Search</Button>
      </Form>
    </search>
  );
}
