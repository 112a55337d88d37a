import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import type { APIRequestContext } from "@playwright/test";

import { expect, test } from "./fixtures.ts";
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

/** What the sample organization has, under the names of the pages' parameters. */
async function idsOf(api: APIRequestContext): Promise<{ [page: string]: string }> {
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
    "/settings/groups/[id]": absent,
    "/settings/identity-providers/[id]": absent,
    "/connect/[installId]": absent,
    "/activate/[token]": absent,
    "/reset-password/[token]": absent,
    "/logs/[view]": "commands",
  };
}

test("pages of what is another organization's are those of what is not there", async ({ daybook }) => {
  const sample = await apiOf(daybook.url, daybook.sessions.sample);
  const api = await apiOf(daybook.url, daybook.sessions.admin);
  const ids = await idsOf(sample);
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
