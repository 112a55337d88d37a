"use client";

import { Command } from "cmdk";
import { useEffect, useState } from "react";
import { fetchValues, type ValueCount } from "@/components/logs/log-api.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { logView } from "@/lib/logs/views.ts";
import { type Jump, jumpTargets, logsWithFilter } from "./jumps.ts";
import { groupClass, itemClass } from "./palette-classes.ts";

type JumpProps = { jump: Jump; onSelect: (href: string) => void };

/** For `user: ann` the values that begin so, each in the logs that know them; for words, a search in each log. */
export function JumpGroups({ jump, onSelect }: JumpProps) {
  const values = useJumpValues(jump);
  if (jump.filter === undefined) {
    if (jump.text.length < 2) return null;
    return (
      <Command.Group heading={`Search for “${jump.text}”`} forceMount className={groupClass}>
        {jumpTargets(jump).map(({ href, title }) => (
          <Command.Item
            key={href}
            value={`search ${href}`}
            forceMount
            onSelect={() => onSelect(href)}
            className={itemClass}
          >
            in {title}
          </Command.Item>
        ))}
      </Command.Group>
    );
  }
  const offered =
    values.some(({ value }) => value === jump.text) || jump.text === ""
      ? values
      : [{ value: jump.text }, ...values];
  return offered.slice(0, 6).map(({ value }) => (
    <Command.Group
      key={value}
      heading={
        <>
          {jump.filter} is <VisibleText text={value} />
        </>
      }
      className={groupClass}
    >
      {jumpTargets({ ...jump, text: value }).map(({ href, title }) => (
        <Command.Item key={href} value={href} onSelect={() => onSelect(href)} className={itemClass}>
          {title}
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

const pauseMs = 120;

/** Values of the filter that hold what was typed, from the first log that offers them. */
function useJumpValues({ filter, text }: Jump): (Partial<ValueCount> & { value: string })[] {
  const [values, setValues] = useState<ValueCount[]>([]);
  useEffect(() => {
    const slug =
      filter === undefined ? undefined : logsWithFilter(filter).find((each) => offersValues(each, filter));
    if (filter === undefined || slug === undefined) {
      setValues([]);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      fetchValues(slug, filter, text, abort.signal)
        .then(setValues)
        // Without suggestions the typed text is still offered.
        .catch(() => !abort.signal.aborted && setValues([]));
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [filter, text]);
  return values;
}

function offersValues(slug: Parameters<typeof logView>[0], filter: string): boolean {
  const definition = logView(slug).filters[filter];
  return definition?.kind === "name" && definition.suggest === true;
}
