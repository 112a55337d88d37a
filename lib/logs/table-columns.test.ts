import { expect, it } from "vitest";
import { composedColumn, definedColumns, tableColumns } from "./table-columns.ts";
import { logView, logViews } from "./views.ts";

const calls = logView("kubernetes-api-calls");

it("API calls are shown with their details in one column, and with each of them on request", () => {
  const columns = tableColumns(calls);
  expect(columns.filter(({ hidden }) => !hidden).map(({ header }) => header)).toEqual(
    "Time|User|Cluster|Namespace|Resource|Name|Verb|Access method|Details".split("|"),
  );
  const headers = columns.map(({ header }) => header);
  for (const part of ["Status", "Duration", "Command executed", "Request URI", "User agent"])
    expect(headers).toContain(part);
});

it("a composed column stands for the columns that it is made of", () => {
  expect(definedColumns(calls, ["time", "details"])).toEqual([
    "time",
    "status",
    "durationUs",
    "command",
    "requestUri",
    "userAgent",
  ]);
  expect(composedColumn(calls, "constructor")).toBeUndefined();
});

it("no composed column has the name of another", () => {
  for (const view of Object.values(logViews)) {
    const ids = tableColumns(view).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});
