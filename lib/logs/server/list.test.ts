import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { parseCursor, parseQuery } from "../query.ts";
import { isLogSlug, type LogSlug, logView } from "../views.ts";
import { type LogRow, listLogs } from "./list.ts";

let installation: TestInstallation;
let native: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  native = await testSource(installation.organizationId, "native");
});
afterAll(() => installation.remove());

/** All rows of a log that a query string matches, page by page. */
async function all(slug: LogSlug, search: string, between?: () => Promise<void>): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  let after = "";
  for (;;) {
    const { query, errors } = parseQuery(logView(slug), new URLSearchParams(`${search}${after}`));
    if (!query) throw new Error(JSON.stringify(errors));
    const page = await listLogs(slug, { organizationId: installation.organizationId }, query);
    rows.push(...page.rows);
    if (page.nextCursor === null) return rows;
    await between?.();
    after = `&after=${encodeURIComponent(page.nextCursor)}`;
  }
}

const ids = (rows: LogRow[]): unknown[] => rows.map(({ command }) => command);
const command = (text: string, time: string, more: object = {}) => ({
  log: "commands",
  id: `${text} ${time}`,
  time,
  user: "ann",
  target: "t",
  command: text,
  ...more,
});

describe("pages", () => {
  it("hold every row once, with 200 rows in one microsecond and rows arriving meanwhile, either way round", async () => {
    const time = "2025-03-01T00:00:00.000001Z";
    await native.post(
      lines(Array.from({ length: 200 }, (_, n) => command(`same ${n}`, time, { user: "pager" }))),
    );
    await native.post(lines([command("later", "2025-03-01T00:00:00.000002Z", { user: "pager" })]));
    let arrived = 0;
    const arrive = async (): Promise<void> => {
      arrived++;
      await native.post(lines([command(`new ${arrived}`, "2025-03-02T00:00:00Z", { user: "pager" })]));
    };
    const down = await all("commands", "user=pager&limit=7", arrive);
    expect(new Set(down.map(({ id }) => id)).size).toBe(down.length);
    expect(down.filter(({ time: at }) => at === time)).toHaveLength(200);
    expect(down[0]?.["command"]).toBe("later");
    const up = await all("commands", "user=pager&limit=7&order=asc&to=2025-03-01T00:00:01Z");
    expect(up.map(({ id }) => id)).toEqual(
      down
        .filter(({ time: at }) => at < "2025-03-01T00:00:01Z")
        .map(({ id }) => id)
        .reverse(),
    );
  });

  it("go on where they were after the row of their cursor was removed with its month", async () => {
    const months = ["2024-01", "2024-02", "2024-03"];
    await native.post(
      lines(months.map((month) => command(month, `${month}-15T00:00:00Z`, { user: "kept" }))),
    );
    const page = await listLogs(
      "commands",
      { organizationId: installation.organizationId },
      { ...query("commands", "user=kept&limit=2&order=asc") },
    );
    expect(page.nextCursor).not.toBeNull();
    const owner = new pg.Client({ connectionString: installation.ownerUrl });
    await owner.connect();
    await owner.query("SELECT drop_month('commands', '2024-02-01')");
    await owner.end();
    expect(parseCursor(page.nextCursor ?? "")?.time).toBe("2024-02-15T00:00:00.000000Z");
    const next = await listLogs(
      "commands",
      { organizationId: installation.organizationId },
      query("commands", `user=kept&limit=2&order=asc&after=${encodeURIComponent(page.nextCursor ?? "")}`),
    );
    expect(ids(next.rows)).toEqual(["2024-03"]);
  });

  it("belong to one organization", async () => {
    const found = await listLogs(
      "commands",
      { organizationId: installation.otherOrganizationId },
      query("commands", "limit=200"),
    );
    expect(found.rows).toEqual([]);
  });
});

function query(slug: string, search: string) {
  if (!isLogSlug(slug)) throw new Error(slug);
  const parsed = parseQuery(logView(slug), new URLSearchParams(search));
  if (!parsed.query) throw new Error(JSON.stringify(parsed.errors));
  return parsed.query;
}

describe("filters", () => {
  const day = "2025-05-01";
  beforeAll(async () => {
    const row = (n: number, more: object) => command(`run ${n}`, `${day}T00:00:0${n}Z`, more);
    await native.post(
      lines([
        row(1, { user: "ann", targetUser: "root", space: "ops" }),
        row(2, { user: "bob", targetUser: "root", outcome: "rejected" }),
        row(3, { user: "Anna_B", command: "100%_done \\o/" }),
        row(4, { user: "o'neil", command: "sudo -i" }),
        row(5, { user: "annabel", command: "SUDO -K" }),
      ]),
    );
  });
  const within = `from=${day}&to=${day}&order=asc`;
  const users = async (search: string): Promise<unknown[]> =>
    (await all("commands", `${within}&${search}`)).map(({ user }) => user);

  it.each([
    ["user=ann", ["ann"]],
    ["user=ann&user=bob", ["ann", "bob"]],
    ["user!=ann&user!=bob", ["Anna_B", "o'neil", "annabel"]],
    ["user^=ann", ["ann", "Anna_B", "annabel"]],
    ["user~=NN", ["ann", "Anna_B", "annabel"]],
    ["user!~=nn", ["bob", "o'neil"]],
    ["user=o'neil", ["o'neil"]],
    ["user~=a_b", ["Anna_B"]],
    ["outcome=rejected", ["bob"]],
    ["targetUser!=root", ["Anna_B", "o'neil", "annabel"]],
    ["space=ops", ["ann"]],
    ["q=sudo", ["o'neil", "annabel"]],
    ["q=100%25_done", ["Anna_B"]],
    ["q=\\o/", ["Anna_B"]],
    ["q!=run&q!=sudo", ["Anna_B"]],
    ["user^=ann&outcome=accepted&q=sudo", ["annabel"]],
    ["user=nobody", []],
  ])("%s", async (search, expected) => {
    expect(await users(search)).toEqual(expected);
  });

  it.each([
    ["uzer=ann", "uzer", "is not a parameter of Commands"],
    ["outcome=maybe", "outcome", "must be one of accepted, rejected"],
    ["user=", "user", "must not be empty"],
    ["from=yesterday", "from", "must be a UTC time"],
    ["last=1y", "last", "must be a span"],
    ["last=1h&from=2025-01-01", "from", "does not go with last"],
    ["from=2025-01-02&to=2025-01-01T00:00:00Z", "to", "must lie after from"],
    ["limit=201", "limit", "must be 1 to 200"],
    ["after=now", "after", "is not a cursor"],
    ["order=up", "order", "must be asc or desc"],
    ["connection=12", "connection", "must be a UUID"],
    ["columns=time,colour", "columns", 'names "colour", which is not a column'],
    ["outcome~=a", "outcome~", "takes no ~="],
    ["order=asc&order=desc", "order", "may be given once"],
    ["__proto__=1", "__proto__", "is not a parameter"],
  ])("%s is an error that names the parameter", (search, parameter, reason) => {
    const { errors } = parseQuery(logView("commands"), new URLSearchParams(search));
    expect(errors).toEqual([{ parameter, reason: expect.stringContaining(reason) }]);
  });
});

describe("rare matches among many rows", () => {
  beforeAll(async () => {
    await pool().query("SELECT ensure_partition('commands', '2023-06-01')");
    await pool().query(
      `INSERT INTO commands (organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw,
         user_name, target, command, outcome, origin)
       SELECT $1, timestamptz '2023-06-10 00:00:00+00' + n * interval '1 second', gen_random_uuid(), now(), $2, 'many ' || n, '', '',
         'crowd ' || n % 10, 't', CASE WHEN n % 20000 = 17 THEN 'needle-' || n ELSE 'hay ' || n END, 'accepted', 'reported'
       FROM generate_series(1, 60000) AS n`,
      [installation.organizationId, native.id],
    );
  });
  const within = "from=2023-06-01&to=2023-06-30";

  it("are all found through the slices and the trigram index, in order", async () => {
    expect(ids(await all("commands", `${within}&q=needle-`))).toEqual([
      "needle-40017",
      "needle-20017",
      "needle-17",
    ]);
    expect(ids(await all("commands", `${within}&q=needle-&order=asc&limit=2`))).toEqual([
      "needle-17",
      "needle-20017",
      "needle-40017",
    ]);
    expect(await all("commands", `${within}&q=absent-from-all`)).toEqual([]);
    expect(ids(await all("commands", `${within}&q=needle-&user=crowd%207`))).toHaveLength(3);
  });

  it("are all found where no index helps, over as many pages as it takes", async () => {
    const rows = await all("commands", `${within}&user~=wd%203&q=${encodeURIComponent("hay 2")}&limit=200`);
    const expected = await pool().query<{ n: string }>(
      "SELECT count(*) AS n FROM commands WHERE user_name = 'crowd 3' AND command LIKE 'hay 2%'",
    );
    expect(rows).toHaveLength(Number(expected.rows[0]?.n));
  });
});

describe("stages of Kubernetes calls", () => {
  it("are shown as one row, the furthest", async () => {
    const call = (auditId: string, stage: string, more: object = {}) => ({
      log: "kubernetes-api-calls",
      id: `${auditId}/${stage}`,
      time: "2025-07-01T00:00:00.5Z",
      auditId,
      stage,
      user: "ann",
      cluster: "prod",
      verb: "get",
      accessMethod: "API",
      requestUri: "/api/v1/pods/x",
      ...more,
    });
    await native.post(lines([call("a", "ResponseComplete", { status: 200 }), call("b", "RequestReceived")]));
    await native.post(lines([call("a", "RequestReceived"), call("b", "ResponseStarted", { status: 101 })]));
    const rows = await all("kubernetes-api-calls", "from=2025-07-01&to=2025-07-01");
    expect(rows.map(({ auditId, stage, status }) => [auditId, stage, status]).sort()).toEqual([
      ["a", "ResponseComplete", 200],
      ["b", "ResponseStarted", 101],
    ]);
  });
});
