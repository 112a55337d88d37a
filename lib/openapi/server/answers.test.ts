import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import { pascal } from "./components.ts";
import { type TestClient, testClient } from "./test-client.ts";
import { faults } from "./test-document.ts";
import { time } from "./test-records.ts";

let client: TestClient;
beforeAll(async () => {
  client = await testClient();
});
afterAll(() => client.remove());

const slugs = Object.keys(logViews) as LogSlug[];
const nowhere = "0193a4c2-8f3a-7c10-8a51-5be0a0d3c902";

it("the document tells the truth about workflows", async () => {
  const page = (await client.check("/api/v1/workflows", {})) as { rows: unknown[] };
  expect(page.rows.length).toBeGreaterThan(0);
  await client.check("/api/v1/workflows", { query: "?workflow=w1&order=asc&limit=1" });
  await client.check("/api/v1/workflows", { query: "?colour=red" }, 400);
  await client.check("/api/v1/workflows", { as: "member" }, 403);
});

describe.each(slugs)("the document tells the truth about %s", (slug) => {
  const path = `/api/v1/logs/${slug}`;

  it("in pages and rows", async () => {
    const page = (await client.check(path, { query: "?limit=200" })) as {
      rows: { id: string; time: string }[];
    };
    expect(page.rows.length).toBeGreaterThan(0);
    await client.check(path, { query: "?limit=1&order=asc" });
    for (const { id, time: at } of page.rows)
      await client.check(`${path}/rows/{key}`, { params: { key: `${at}~${id}` } });
    await client.check(`${path}/rows/{key}`, { params: { key: `${time}~${nowhere}` } }, 404);
    await client.check(`${path}/rows/{key}`, { params: { key: "x" } }, 400);
  });

  it("in values, histograms and live rows", async () => {
    const [filter = ""] = Object.entries(logView(slug).filters).flatMap(([name, { kind }]) =>
      kind === "name" ? [name] : [],
    );
    await client.check(`${path}/values`, { query: `?filter=${filter}` });
    await client.check(`${path}/values`, { query: "?filter=q" }, 400);
    await client.check(`${path}/histogram`, {});
    await client.check(`${path}/histogram`, { query: "?q=a&width=3600000" });
    await client.check(`${path}/histogram`, { query: "?width=x" }, 400);
    await client.check(`${path}/live`, {});
    await client.check(`${path}/live`, { query: "?since=x" }, 400);
  });

  it("in exports", async () => {
    const rows = (await client.check(`${path}/export`, { query: "?format=json" })) as unknown[];
    expect(rows.length).toBeGreaterThan(0);
    const row = { $ref: `#/components/schemas/${pascal(slug)}ExportRow` };
    const text = String(await client.check(`${path}/export`, { query: "?format=ndjson&columns=time" }));
    for (const line of text.trimEnd().split("\n"))
      expect(faults(client.document, row, JSON.parse(line))).toEqual([]);
    const { headers } = await client.send(`${path}/export`, {});
    await client.check("/api/v1/exports/{id}", { params: { id: headers.get("x-export-id") ?? "" } });
    await client.check(`${path}/export`, { query: "?format=xml" }, 400);
  });

  it("in refusals", async () => {
    await client.check(path, { as: "nobody" }, 401);
    await client.check(path, { query: "?colour=red" }, 400);
    if (slug === "audit-log") await client.check(path, { as: "member" }, 403);
  });
});
