import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import type { APIRequestContext } from "@playwright/test";

import { expect, fresh, test } from "./fixtures.ts";
import { apiOf } from "./own-daybook.ts";

/** Every page that there is, as its file is named. */
const pages = readdirSync("app", { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file))
  .map((file) => `/${file.replace(/(^|\/)page\.tsx$/, "").replace(/\([a-z]+\)\/?/, "")}`)
  .sort();

const absent = "0193a4c2-8f3a-7c10-8a51-5be0a0d3c902";

test("no page and no answer of the API is kept by a cache, and each says what it is", async ({ daybook }) => {
  const api = await apiOf(daybook.url, daybook.sessions.admin);
  const stranger = await apiOf(daybook.url);
  const reads = readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => /^api\/v1\/.*route\.ts$/.test(file))
    .filter((file) => /\bfunction GET\b/.test(readFileSync(`app/${file}`, "utf8")))
    .map((file) => `/${file.replace(/\/route\.ts$/, "")}`);
  const paths = [...pages, ...reads].map((route) =>
    route
      .replace("[log]", "commands")
      .replace("[view]", "commands")
      .replace(/\[[.\w]+\]/g, absent),
  );
  expect(paths.length).toBeGreaterThan(50);
  // Streams have no end to wait for, and the description of the API is everybody's.
  const finite = paths.filter((path) => !path.endsWith("/live") && !path.endsWith("openapi.json"));
  for (const path of finite) {
    for (const context of [api, stranger]) {
      const answer = await context.get(path, { maxRedirects: 0 });
      expect(answer.status(), path).toBeLessThan(500);
      expect(answer.headers()["x-content-type-options"], path).toBe("nosniff");
      const cached = answer.headers()["cache-control"] ?? "";
      expect(cached, `${path} ${answer.status()}`).toMatch(/(^|, )no-store\b/);
    }
  }
  await Promise.all([api.dispose(), stranger.dispose()]);
});

type Made = { path: string; id: string };

/** Makes something of an organization. */
async function make(api: APIRequestContext, path: string, data: object): Promise<Made> {
  const answer = await api.post(path, { data });
  expect(answer.status(), `${path} ${await answer.text()}`).toBe(201);
  const { id } = (await answer.json()) as { id: string };
  return { path, id };
}

/** A name that stands nowhere else. */
const theirName = fresh("Of the sample organization alone");

/** What no sample has. The provider is off: the sign-in page, which is everybody's, does not offer it. */
async function makeWhatIsMissing(api: APIRequestContext) {
  const openId = { issuer: "https://identity.example.org", clientId: "daybook", clientSecret: "a secret" };
  return {
    group: await make(api, "/api/v1/groups", { name: theirName }),
    provider: await make(api, "/api/v1/identity-providers", {
      ...openId,
      name: theirName,
      kind: "oidc",
      enabled: false,
    }),
    deploymentToken: await make(api, "/api/v1/deployment-tokens", {
      name: theirName,
      kind: "native",
      expiresInHours: 1,
    }),
  };
}

/** What the sample organization has, under the names of the pages' parameters. */
async function idsOf(
  api: APIRequestContext,
  { group, provider }: { group: Made; provider: Made },
): Promise<{ [page: string]: string }> {
  const first = async (path: string, list: string): Promise<string> => {
    const answer = (await (await api.get(path)).json()) as { [list: string]: { [field: string]: string }[] };
    const [row] = answer[list] ?? [];
    const id = row?.["id"];
    if (id === undefined) throw new Error(`${path} lists nothing`);
    return id;
  };
  return {
    "/connections/[id]": await first("/api/v1/logs/connections", "rows"),
    "/settings/sources/[id]": await first("/api/v1/sources", "sources"),
    "/settings/users/[id]": await first("/api/v1/users", "users"),
    "/settings/groups/[id]": group.id,
    "/settings/identity-providers/[id]": provider.id,
    "/connect/[installId]": absent,
    "/activate/[token]": absent,
    "/reset-password/[token]": absent,
    "/logs/[view]": "commands",
  };
}

test("pages of what is another organization's are those of what is not there", async ({ daybook }) => {
  const sample = await apiOf(daybook.url, daybook.sessions.sample);
  const api = await apiOf(daybook.url, daybook.sessions.admin);
  const made = await makeWhatIsMissing(sample);
  const ids = await idsOf(sample, made);
  const named = pages.filter((page) => page.includes("["));
  expect(
    named.filter((page) => ids[page] === undefined),
    "pages without a case",
  ).toEqual([]);
  const told = async (page: string, id: string) => {
    const path = page.replace(/\[\w+\]/, id);
    const answer = await api.get(path, { maxRedirects: 0 });
    const text = (await answer.text())
      .replaceAll(id, "<id>")
      .replaceAll(answer.headers()["x-request-id"] ?? "none", "<request>")
      .replace(/nonce="[^"]*"|"nonce":"[^"]*"|'nonce-[^']*'/g, "<nonce>")
      .replace(/\d+\.\d+(?=[,\]])/g, "<clock>");
    return { status: answer.status(), length: text.length };
  };
  for (const page of named.filter((page) => ids[page] !== absent && page !== "/logs/[view]")) {
    // Clocks in a page have more digits or fewer: what tells the two apart does so each time.
    await expect(async () => {
      const theirs = await told(page, ids[page] ?? "");
      expect(theirs.status, page).toBe(404);
      expect(theirs, page).toEqual(await told(page, absent));
    }).toPass();
  }
  // Lists name them to their own people alone, and nobody else ends them.
  const lists = ["groups", "identity-providers", "sources/deployment-tokens"].map(
    (list) => `/settings/${list}`,
  );
  for (const list of lists) {
    expect(await (await sample.get(list)).text(), list).toContain(theirName);
    expect(await (await api.get(list)).text(), list).not.toContain(theirName);
  }
  for (const { path, id } of Object.values(made)) {
    const ended = async (one: string) => {
      const answer = await api.delete(`${path}/${one}?reason=test`);
      const { requestId: _, ...body } = (await answer.json()) as { requestId: string };
      return { status: answer.status(), body };
    };
    expect(await ended(id), path).toMatchObject({ status: 404 });
    expect(await ended(id), path).toEqual(await ended(absent));
    expect((await sample.delete(`${path}/${id}?reason=test`)).ok(), path).toBe(true);
  }
  await Promise.all([sample.dispose(), api.dispose()]);
});

/** As a client that keeps to no limit. @returns the status, or why there is none */
function raw(url: string, path: string, headers: { [name: string]: string }): Promise<number | string> {
  return new Promise((resolve) => {
    const request = http.get(new URL(path, url), { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on("error", (error) => resolve(error.message));
  });
}

test("headers and addresses beyond any use are refused, and the next request is answered", async ({
  daybook,
}) => {
  const { url } = daybook;
  expect(await raw(url, "/api/v1/me", { "x-long": "x".repeat(64 * 1024) })).toBe(431);
  expect(await raw(url, `/api/v1/me?${"q".repeat(64 * 1024)}`, {})).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, place) => [`x-${place}`, "1"]));
  expect(await raw(url, "/api/v1/me", many)).toBe(400);
  expect(await raw(url, "/api/v1/me", {})).toBe(401);
});
