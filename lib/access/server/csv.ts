import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { guardFormula } from "@/lib/logs/formula-guard.ts";
import type { AccessLine, AccessQuery } from "../access.ts";
import { reasonsOf, seesInShort } from "../reasons.ts";
import { listAccess } from "./list-access.ts";

/** People that are read together. */
const portion = 1000;

const columns: { readonly [header: string]: (line: AccessLine) => string } = {
  Email: ({ email }) => email,
  Name: ({ name }) => name,
  Role: ({ role }) => role,
  Status: ({ status }) => status,
  "Second factor": ({ secondFactor }) => (secondFactor ? "yes" : "no"),
  Sees: seesInShort,
  "Global scope": ({ role, globalScope }) => (role === "superuser" || globalScope ? "yes" : "no"),
  Groups: ({ groups }) => lined(groups.map(({ name }) => name)),
  Spaces: ({ reach }) => (reach === "all" ? "" : lined(reach.spaces)),
  Targets: ({ reach }) => (reach === "all" ? "" : lined(reach.targets)),
  "Other names": ({ logins }) => lined(logins),
  "Shared sessions": ({ shares }) => String(shares),
  "API tokens": ({ tokens }) => String(tokens),
  "Last seen (UTC)": ({ lastSeenAt }) => lastSeenAt ?? "",
  Why: (line) => lined(reasonsOf(line)),
};

/** Several in one cell stand on lines of their own: names hold no line breaks. */
function lined(texts: readonly string[]): string {
  return texts.join("\n");
}

/**
 * Who may see what, as CSV after RFC 4180 with a byte-order mark, by which Excel knows UTF-8; cells that a spreadsheet
 * would run begin with an apostrophe. A workflow of the audit log: read before it is told as done.
 */
export async function accessCsv(principal: Principal, query: AccessQuery, asked: string): Promise<string> {
  const { text } = await runWorkflow<{ text: string; rows: number }>(
    {
      actor: actorOf(principal),
      workflowType: "export:creation",
      target: { name: "Access" },
      custom: { log: "access", format: "csv", query: asked, requestId: principal.requestId },
      updated: ({ rows }) => ({ rows }),
    },
    async () => {
      const lines = [record(Object.keys(columns))];
      let after = query.after;
      do {
        const page = await listAccess(
          principal.organizationId,
          { ...query, ...(after && { after }) },
          portion,
        );
        for (const line of page.people) lines.push(record(Object.values(columns).map((cell) => cell(line))));
        after = page.nextCursor ?? undefined;
      } while (after !== undefined);
      return { text: `\uFEFF${lines.join("")}`, rows: lines.length - 1 };
    },
  );
  return text;
}

function record(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(guardFormula(cell))).join(",")}\r\n`;
}

/** Always, for spreadsheets may part cells at semicolons and tabs too. */
function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
