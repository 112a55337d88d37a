import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { kubernetesPages, logPages, logPath } from "./pages.ts";

/** What was typed into the palette: `user: ann` asks for a filter's value, anything else is words. */
export type Jump = { filter: string | undefined; text: string };

const slugs: readonly LogSlug[] = [...logPages.map(({ slug }) => slug), kubernetesPages[1].slug];

/** The log views in which a filter can be asked for. */
export function logsWithFilter(filter: string): LogSlug[] {
  return slugs.filter((slug) => Object.hasOwn(logView(slug).filters, filter));
}

/** Filters by the name that is typed for them: `target user`, `targetUser` and `targetuser` are one. */
function filterNamed(name: string): string | undefined {
  const plain = name.toLowerCase().replace(/\s+/g, "");
  for (const slug of slugs) {
    for (const [parameter, { label, kind }] of Object.entries(logView(slug).filters)) {
      if (kind === "text") continue;
      if (parameter.toLowerCase() === plain || label.toLowerCase().replace(/\s+/g, "") === plain)
        return parameter;
    }
  }
  return undefined;
}

export function parseJump(typed: string): Jump {
  const [, name = "", text = ""] = /^([A-Za-z ]+):\s*(.*)$/.exec(typed) ?? [];
  const filter = filterNamed(name);
  return filter === undefined ? { filter, text: typed.trim() } : { filter, text: text.trim() };
}

export type JumpTarget = { slug: LogSlug; title: string; href: string };

/** Where a jump leads: each log in which its filter, or its text, can be asked for. */
export function jumpTargets({ filter, text }: Jump): JumpTarget[] {
  if (text === "") return [];
  return slugs.flatMap((slug) => {
    const view = logView(slug);
    const parameter = filter ?? Object.keys(view.filters).find((name) => view.filters[name]?.kind === "text");
    if (parameter === undefined || !Object.hasOwn(view.filters, parameter)) return [];
    return [
      { slug, title: view.title, href: `${logPath(slug)}?${new URLSearchParams({ [parameter]: text })}` },
    ];
  });
}
