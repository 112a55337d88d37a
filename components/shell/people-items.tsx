"use client";

import { Command } from "cmdk";
import { useEffect, useState } from "react";
import { fetchValues } from "@/components/logs/log-api.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { logsWithFilter } from "./jumps.ts";
import { logPath } from "./pages.ts";
import { groupClass, itemClass } from "./palette-classes.ts";

type Person = { name: string; logs: LogSlug[] };

/** Each look is a request for every log: it waits until the typing has paused. */
const pauseMs = 300;
const mostPeople = 3;

/** People whose name holds the text, from the records themselves, and the logs that know them. */
export function PeopleItems({ text, onSelect }: { text: string; onSelect: (href: string) => void }) {
  const { people, error } = usePeople(text);
  if (error !== undefined) return <p className="px-2 py-1 text-xs text-failure">People: {error}</p>;
  return people.map(({ name, logs }) => (
    <Command.Group key={name} heading={name} forceMount className={groupClass}>
      {logs.map((slug) => (
        <Command.Item
          key={slug}
          value={`person ${name} ${slug}`}
          forceMount
          onSelect={() => onSelect(`${logPath(slug)}?${new URLSearchParams({ user: name })}`)}
          className={itemClass}
        >
          <span className="truncate">
            {logView(slug).title} of {name}
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

function usePeople(text: string): { people: Person[]; error: string | undefined } {
  const [people, setPeople] = useState<Person[]>([]);
  const [error, setError] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      readPeople(text, abort.signal)
        .then((found) => {
          setPeople(found);
          setError(undefined);
        })
        .catch((failure: unknown) => {
          if (!abort.signal.aborted) setError(failure instanceof Error ? failure.message : String(failure));
        });
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return { people, error };
}

async function readPeople(text: string, signal: AbortSignal): Promise<Person[]> {
  const slugs = logsWithFilter("user");
  const lists = await Promise.all(slugs.map((slug) => fetchValues(slug, "user", text, signal)));
  const people = new Map<string, Person & { total: number }>();
  for (const [at, slug] of slugs.entries()) {
    for (const { value: name, count } of lists[at] ?? []) {
      const person = people.get(name) ?? { name, logs: [], total: 0 };
      person.logs.push(slug);
      person.total += count;
      people.set(name, person);
    }
  }
  return [...people.values()].sort((a, b) => b.total - a.total).slice(0, mostPeople);
}
