import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, endpoints, follow, type Told } from "@/app/api/test-routes.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { maxValues, operatorsOf } from "../query.ts";
import { logView } from "../views.ts";
import { hostile, refused } from "./test-hostile.ts";
import { slugs } from "./test-names.ts";

const found = await endpoints();

let installation: TestInstallation;
let cookie: string;
beforeAll(async () => {
  installation = await testInstallation();
  cookie = (await installation.login(await installation.addUser("superuser"))).cookie;
  const source = await testSource(installation.organizationId, "native");
  const records = hostile.map((text, n) => {
    const time = `2026-01-01T00:00:00.${String(n).padStart(6, "0")}Z`;
    return { log: "commands", id: String(n), time, user: text, target: "t", command: `run ${text} now` };
  });
  const stored = await source.post(lines(records));
  expect(stored).toEqual({ accepted: hostile.length, duplicates: 0, quarantined: 0, skipped: 0 });
  const theirs = await testSource(installation.otherOrganizationId, "native");
  await theirs.post(lines(records.map((record) => ({ ...record, command: "theirs" }))));
});
afterAll(() => installation.remove());

type Part = "" | "/export" | "/histogram" | "/live" | "/values";
type Pairs = [name: string, value: string][];

function endpointOf(part: Part) {
  const endpoint = found.find(({ name }) => name === `GET /api/v1/logs/[log]${part}`);
  if (!endpoint) throw new Error(`Logs have no ${part}`);
  return endpoint;
}

function askLog(part: Part, pairs: Pairs, log = "commands"): Promise<Told> {
  const query = new URLSearchParams(pairs).toString();
  return ask(endpointOf(part), { params: { log }, query, headers: { cookie } });
}

async function usersOf(pairs: Pairs): Promise<string[]> {
  const { status, text } = await askLog("", [
    ...pairs,
    ["limit", "200"],
    ["order", "asc"],
    ["from", "2026-01-01"],
  ]);
  expect(status, text).toBe(200);
  const { rows } = JSON.parse(text) as { rows: { user: string }[] };
  return rows.map(({ user }) => user);
}

/** A refusal that says which parameter it is about. */
function expectRefusal({ status, text }: Told, parameter: string): void {
  expect(status, `${parameter}: ${text}`).toBe(400);
  const { errors } = JSON.parse(text) as { errors: { parameter: string }[] };
  expect(errors.map((error) => error.parameter)).toContain(parameter);
}

const folded = (text: string): string => text.toLowerCase();

describe("a filter compares with the very text it is given, whatever that is", () => {
  const kinds: { [operator: string]: (user: string, value: string) => boolean } = {
    user: (user, value) => user === value,
    "user^": (user, value) => folded(user).startsWith(folded(value)),
    "user~": (user, value) => folded(user).includes(folded(value)),
  };
  it.each(Object.keys(kinds))(
    "%s",
    async (operator) => {
      const matches = kinds[operator] ?? (() => false);
      for (const value of hostile) {
        const all = hostile.filter((user) => matches(user, value));
        expect(await usersOf([[operator, value]]), value).toEqual(all);
        const not = operator.replace("user", "user!");
        expect(await usersOf([[not, value]]), value).toEqual(hostile.filter((user) => !all.includes(user)));
      }
      for (const value of refused) expectRefusal(await askLog("", [[operator, value]]), operator);
    },
    60_000,
  );

  it("a text", async () => {
    for (const value of hostile) {
      const found = hostile.filter((user) => folded(`run ${user} now`).includes(folded(value)));
      expect(await usersOf([["q", value]]), value).toEqual(found);
    }
    for (const value of refused) expectRefusal(await askLog("", [["q", value]]), "q");
  });

  it.each(slugs)(
    "every filter of %s takes all of them at once, or names itself",
    async (log) => {
      const parts = ["", "/histogram"] as const;
      for (const [name, filter] of Object.entries(logView(log).filters)) {
        for (const operator of operatorsOf(filter)) {
          const parameter = `${name}${{ is: "", prefix: "^", contains: filter.kind === "text" ? "" : "~" }[operator]}`;
          const pairs = hostile.slice(0, maxValues).map((value): [string, string] => [parameter, value]);
          for (const part of parts) {
            const told = await askLog(part, pairs, log);
            if (filter.kind === "name" || filter.kind === "text") expect(told.status, told.text).toBe(200);
            else expectRefusal(told, parameter);
            expectRefusal(await askLog(part, [...pairs, [parameter, "one"]], log), parameter);
          }
        }
      }
    },
    60_000,
  );
});

describe("what is no value of a control is refused by its name", () => {
  const common = ["last", "from", "to", "order", "after", "limit", "columns", "row"];
  const controls: { [part in Part]: string[] } = {
    "": common,
    "/export": [...common, "format", "exportId"],
    "/histogram": [...common, "width", "fit"],
    "/live": [...common, "since"],
    "/values": ["filter"],
  };
  it.each(Object.keys(controls) as Part[])(
    "GET …%s",
    async (part) => {
      for (const control of controls[part]) {
        for (const value of [...hostile, ...refused])
          expectRefusal(await askLog(part, [[control, value]]), control);
      }
    },
    60_000,
  );

  it.each(Object.keys(controls) as Part[])(
    "GET …%s with names it does not know",
    async (part) => {
      const names = hostile.filter((name) => !/^(?:user|filter|match)$/.test(name));
      for (const name of [
        ...names,
        "user[]",
        "user[$ne]",
        "user.",
        "User",
        "user!!",
        "user=",
        "organizationId",
        "id",
      ]) {
        const pairs: Pairs = part === "/values" ? [["filter", "user"]] : [];
        expectRefusal(await askLog(part, [...pairs, [name, "x"]]), name);
      }
    },
    60_000,
  );

  it("what may be given once is not given twice", async () => {
    for (const [part, control, value] of [
      ["", "limit", "10"],
      ["", "order", "asc"],
      ["/export", "format", "csv"],
      ["/histogram", "width", "60000"],
      ["/histogram", "fit", "oldest"],
      ["/live", "since", "1.0.-1"],
      ["/values", "filter", "user"],
      ["/values", "match", "x"],
    ] as const) {
      const pairs: Pairs = part === "/values" && control !== "filter" ? [["filter", "user"]] : [];
      expectRefusal(await askLog(part, [...pairs, [control, value], [control, value]]), control);
    }
  });

  it.each([
    "0000-01-01",
    "0000-12-31T23:59:59.999999Z",
    "0001-01-01",
    "0099-12-31",
    "9999-12-31",
    "9999-12-31T23:59:59.999999Z",
    "10000-01-01",
    "-0001-01-01",
    "2026-02-29",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:59:60Z",
    "infinity",
    "now",
    "epoch",
  ])("the time %s is either taken or refused", async (time) => {
    for (const part of ["", "/histogram", "/export"] as const) {
      for (const control of ["from", "to"]) {
        const told = await askLog(part, [[control, time]]);
        if (told.status !== 200) expectRefusal(told, control);
      }
      const key = `${time}~0193aaaa-0000-7000-8000-000000000000`;
      const told = await askLog(part, [["after", key]]);
      if (told.status !== 200) expectRefusal(told, "after");
    }
  });

  it("a histogram has bars that can be counted", async () => {
    const pairs: Pairs = [
      ["from", "2020-01-01"],
      ["to", "2026-12-31"],
    ];
    expectRefusal(await askLog("/histogram", [...pairs, ["width", "1000"]]), "width");
    expect((await askLog("/histogram", [...pairs, ["width", "2592000000"]])).status).toBe(200);
  });

  it("keys of rows", async () => {
    const row = found.find(({ name }) => name === "GET /api/v1/logs/[log]/rows/[key]");
    if (!row) throw new Error("There is no route of a row");
    for (const key of [
      ...hostile,
      ...refused,
      "%",
      "%zz",
      "0000-01-01T00:00:00.000000Z~0193aaaa-0000-7000-8000-000000000000",
    ]) {
      const told = await ask(row, { params: { log: "commands", key }, headers: { cookie } });
      expectRefusal(told, "key");
    }
    for (const log of hostile) {
      expect((await ask(row, { params: { log, key: "x" }, headers: { cookie } })).status, log).toBe(404);
    }
  });
});

describe("type-ahead, exports and streams", () => {
  it("type-ahead offers values that hold the text, and no others", async () => {
    for (const value of hostile) {
      const { text } = await askLog("/values", [
        ["filter", "user"],
        ["match", value],
      ]);
      const { values } = JSON.parse(text) as { values: { value: string }[] };
      const all = hostile.filter((user) => folded(user).includes(folded(value)));
      expect(new Set(all)).toEqual(new Set([...all, ...values.map((offered) => offered.value)]));
      expect(values.length, value).toBe(Math.min(all.length, 20));
    }
    for (const value of refused.filter((text) => text !== "")) {
      expectRefusal(
        await askLog("/values", [
          ["filter", "user"],
          ["match", value],
        ]),
        "match",
      );
    }
  });

  it("an export holds the rows that the list holds", async () => {
    for (const value of hostile) {
      const { status, text } = await askLog("/export", [
        ["user", value],
        ["format", "ndjson"],
        ["columns", "user"],
      ]);
      expect(status, text).toBe(200);
      expect(text, value).toBe(`${JSON.stringify({ user: value })}\n`);
    }
  });

  it("a stream holds the rows that the list holds", async () => {
    for (const value of hostile) {
      const query = { user: value, since: "1.0.-1" };
      const asked = { params: { log: "commands" }, query, headers: { cookie } };
      const text = await follow(endpointOf("/live"), asked, (all) => all.includes("event: rows"));
      const { rows } = JSON.parse(/^event: rows\nid: .*\ndata: (.*)$/m.exec(text)?.[1] ?? "") as {
        rows: { user: string }[];
      };
      expect(rows.map(({ user }) => user)).toEqual([value]);
    }
  });
});

it("nothing that was asked for changed or removed a row", async () => {
  const rows = await pool().query<{ n: number }>("SELECT count(*)::int AS n FROM commands");
  expect(rows.rows[0]?.n).toBe(2 * hostile.length);
});
