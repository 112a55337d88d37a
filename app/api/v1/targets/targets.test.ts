import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATCH as changeSpace } from "@/app/api/v1/spaces/[id]/route.ts";
import { GET as spaces } from "@/app/api/v1/spaces/route.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { type TargetLine, targetPage } from "@/lib/targets/target-line.ts";
import { PATCH as changeTarget } from "./[id]/route.ts";
import { GET as targets } from "./route.ts";

let installation: TestInstallation;
const cookies: { [role: string]: string } = {};
beforeAll(async () => {
  installation = await testInstallation();
  for (const role of ["admin", "auditor"] as const) {
    cookies[role] = (await installation.login(await installation.addUser(role))).cookie;
  }
  const stranger = await installation.addUser("admin", { organizationId: installation.otherOrganizationId });
  cookies["stranger"] = (await installation.login(stranger)).cookie;
  const source = await testSource(installation.organizationId, "native");
  const event = { log: "connection-events", time: "2026-11-20T10:00:00Z", user: "ann", event: "open" };
  await source.post(
    lines([
      { ...event, id: "1", connectionRef: "1", target: "web-1", kind: "ssh", space: "ops" },
      { ...event, id: "2", connectionRef: "2", target: "web-1", kind: "ssh", space: "ops" },
      { ...event, id: "3", connectionRef: "3", target: "blue", kind: "kubernetes", space: "100%_mine" },
    ]),
  );
});
afterAll(() => installation.remove());

function request(path: string, as = "admin", body?: object): Request {
  return new Request(`http://localhost:3000/api/v1${path}`, {
    method: body ? "PATCH" : "GET",
    headers: {
      cookie: cookies[as] ?? "",
      "sec-fetch-site": "same-origin",
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const at = (id: string) => ({ params: Promise.resolve({ id }) });

async function listed(query = "", as = "admin"): Promise<TargetLine[]> {
  const answer = await targets(request(`/targets${query}`, as));
  expect(answer.status).toBe(200);
  return (await answer.json()).targets;
}

async function idOf(name: string): Promise<string> {
  const target = (await listed()).find((line) => line.name === name);
  if (!target) throw new Error(`No target ${name}`);
  return target.id;
}

describe("targets and spaces", () => {
  it("are made from the records that name them, each once", async () => {
    const firstSeen = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(await listed()).toEqual([
      { id: expect.any(String), name: "blue", kind: "kubernetes", description: "", firstSeen },
      { id: expect.any(String), name: "web-1", kind: "ssh", description: "", firstSeen },
    ]);
    const answer = await (await spaces(request("/spaces"))).json();
    expect(answer).toMatchObject({ spaces: [{ name: "100%_mine" }, { name: "ops" }], nextCursor: null });
  });

  it("are described, with what was said before and after in the audit log", async () => {
    const id = await idOf("web-1");
    const described = await changeTarget(
      request("/targets/x", "admin", { description: " the old shop " }),
      at(id),
    );
    expect(described.status).toBe(204);
    expect(await listed("?match=OLD%20shop")).toMatchObject([{ id, description: "the old shop" }]);
    const rows = await pool().query(
      `SELECT event_type AS event, category, original_state AS original, updated_state AS updated
       FROM audit_events WHERE target_id = $1 ORDER BY time, seq`,
      [id],
    );
    const original = { name: "web-1", kind: "ssh", description: "" };
    expect(rows.rows).toEqual([
      { event: "target:updating", category: "Targets & Spaces", original, updated: null },
      {
        event: "target:updated",
        category: "Targets & Spaces",
        original,
        updated: { ...original, description: "the old shop" },
      },
    ]);
    const { spaces: all } = await (await spaces(request("/spaces?match=ops"))).json();
    const space = await changeSpace(
      request("/spaces/x", "admin", { description: "night shift" }),
      at(all[0].id),
    );
    expect(space.status).toBe(204);
    expect(await (await spaces(request("/spaces?match=night"))).json()).toMatchObject({
      spaces: [{ name: "ops" }],
    });
  });

  it("are found by the letters as they are written", async () => {
    expect(await (await spaces(request("/spaces?match=%25_"))).json()).toMatchObject({
      spaces: [{ name: "100%_mine" }],
    });
    expect(await listed("?match=%25")).toEqual([]);
  });

  it("come in pages that neither repeat nor leave out", async () => {
    await pool().query(
      `INSERT INTO targets (id, organization_id, kind, name)
       SELECT gen_random_uuid(), $1, kind, 'host ' || n
       FROM generate_series(1, $2::int) AS n, unnest(ARRAY['ssh', 'database']) AS kind`,
      [installation.otherOrganizationId, targetPage],
    );
    const names: string[] = [];
    let query = "?match=host";
    for (let pages = 1; ; pages++) {
      const page = await (await targets(request(`/targets${query}`, "stranger"))).json();
      names.push(...page.targets.map((line: TargetLine) => `${line.kind} ${line.name}`));
      if (page.nextCursor === null) {
        expect(pages).toBe(2);
        break;
      }
      query = `?match=host&after=${page.nextCursor}`;
    }
    expect(names).toHaveLength(2 * targetPage);
    expect(new Set(names).size).toBe(2 * targetPage);
  });

  it("leave out what was deleted", async () => {
    const id = uuidv7();
    await pool().query(
      "INSERT INTO targets (id, organization_id, kind, name, deleted_at) VALUES ($1, $2, 'ssh', 'gone', now())",
      [id, installation.organizationId],
    );
    expect(await listed("?match=gone")).toEqual([]);
    const answer = await changeTarget(request("/targets/x", "admin", { description: "back" }), at(id));
    expect(answer.status).toBe(404);
  });

  it("refuse what they do not understand, by name", async () => {
    const bad = async (query: string) => {
      const answer = await targets(request(`/targets?${query}`));
      return [
        answer.status,
        (await answer.json()).errors.map(({ parameter }: { parameter: string }) => parameter),
      ];
    };
    expect(await bad("kind=ssh")).toEqual([400, ["kind"]]);
    expect(await bad("after=xyz")).toEqual([400, ["after"]]);
    expect(await bad("match=%00")).toEqual([400, ["match"]]);
    expect(await bad("match=a&match=b")).toEqual([400, ["match"]]);
    const id = await idOf("blue");
    for (const description of [1, "x".repeat(501), "two\nlines"]) {
      expect((await changeTarget(request("/targets/x", "admin", { description }), at(id))).status).toBe(400);
    }
  });

  it("are for those who manage sources, within their organization", async () => {
    const id = await idOf("blue");
    const change = { description: "mine" };
    expect((await targets(request("/targets", "auditor"))).status).toBe(403);
    expect((await spaces(request("/spaces", "auditor"))).status).toBe(403);
    expect((await changeTarget(request("/targets/x", "auditor", change), at(id))).status).toBe(403);
    expect((await changeTarget(request("/targets/x", "stranger", change), at(id))).status).toBe(404);
    expect((await changeTarget(request("/targets/x", "admin", change), at("nonsense"))).status).toBe(404);
    expect(await listed("?match=blue", "stranger")).toEqual([]);
    expect(await listed("?match=mine")).toEqual([]);
  });
});
