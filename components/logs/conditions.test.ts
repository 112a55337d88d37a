import { describe, expect, it } from "vitest";
import { type LogQuery, parseQuery } from "@/lib/logs/query.ts";
import { commands } from "@/lib/logs/views/commands.ts";
import {
  askForValue,
  chipConditions,
  cleared,
  dropCondition,
  filterOfColumn,
  filterParams,
  listParams,
  putCondition,
  searchString,
  searchText,
  withSearchText,
} from "./conditions.ts";

function parsed(search: string): LogQuery {
  const { query, errors } = parseQuery(commands, new URLSearchParams(search));
  if (!query) throw new Error(JSON.stringify(errors));
  return query;
}

function urlOf(query: LogQuery): string {
  return searchString(listParams(query));
}

describe("quick filters", () => {
  it("add a value to those asked for", () => {
    expect(urlOf(askForValue(parsed("user=ann"), "user", "bob", false))).toBe("?user=ann&user=bob");
    expect(urlOf(askForValue(parsed("user=ann"), "user", "ann", false))).toBe("?user=ann");
  });

  it("take back the opposite", () => {
    expect(urlOf(askForValue(parsed("user=ann&user=bob"), "user", "ann", true))).toBe("?user=bob&user!=ann");
    expect(urlOf(askForValue(parsed("user!=ann"), "user", "ann", false))).toBe("?user=ann");
  });

  it("begin on the first page, and keep order, time and columns", () => {
    const place = "after=2026-11-21T08:45:32.506784Z~01930000-0000-7000-8000-000000000000";
    const query = askForValue(
      parsed(`${place}&order=asc&last=24h&columns=time,user`),
      "target",
      "db1",
      false,
    );
    expect(urlOf(query)).toBe("?target=db1&last=24h&order=asc");
    expect(query.columns).toEqual(["time", "user"]);
  });

  it("know which column they can be asked for", () => {
    expect(filterOfColumn(commands, "connectionId")).toBe("connection");
    expect(filterOfColumn(commands, "workingDirectory")).toBeUndefined();
    // Free text asks for words, not for the value.
    expect(filterOfColumn(commands, "command")).toBeUndefined();
  });
});

describe("chips", () => {
  it("change their way of asking in place", () => {
    const query = putCondition(parsed("user=ann&target=db1"), "user:is", {
      filter: "user",
      operator: "prefix",
      not: true,
      values: ["an"],
    });
    expect(urlOf(query)).toBe("?user!^=an&target=db1");
  });

  it("take in the values of another that asks the same", () => {
    const query = putCondition(parsed("user!=ann&user=bob"), "user!:is", {
      filter: "user",
      operator: "is",
      not: false,
      values: ["ann"],
    });
    expect(urlOf(query)).toBe("?user=bob&user=ann");
  });

  it("go when they are removed or have no value left", () => {
    expect(urlOf(dropCondition(parsed("user=ann&user!=bob"), "user:is"))).toBe("?user!=bob");
    expect(
      urlOf(
        putCondition(parsed("user=ann"), "user:is", {
          filter: "user",
          operator: "is",
          not: false,
          values: [],
        }),
      ),
    ).toBe("");
  });
});

describe("free text", () => {
  it("is edited in its field, its exclusion in a chip", () => {
    const query = withSearchText(commands, parsed("q=sudo&q!=apt"), "  rm -rf ");
    expect(searchText(commands, query)).toBe("rm -rf");
    expect(chipConditions(commands, query)).toEqual([
      { filter: "q", operator: "contains", not: true, values: ["apt"] },
    ]);
    expect(urlOf(withSearchText(commands, query, " "))).toBe("?q!~=apt");
  });
});

it("clearing leaves order and columns", () => {
  expect(urlOf(cleared(parsed("user=ann&q=x&from=2026-11-01&order=asc")))).toBe("?order=asc");
});

it("what is exported does not depend on order or page", () => {
  expect(filterParams(parsed("user=ann&order=asc&limit=10&columns=time")).toString()).toBe("user=ann");
});

it("addresses stay readable and mean the same", () => {
  const query = parsed("user=a%26b%3Dc%20d&from=2026-11-21T08:00:00Z");
  const search = urlOf(query);
  expect(search).toBe("?user=a%26b%3Dc+d&from=2026-11-21T08:00:00.000000Z");
  expect(parsed(search.slice(1))).toEqual(query);
});
