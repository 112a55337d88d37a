import { notFound, redirect } from "next/navigation";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { asPage } from "./as-page.ts";

/** The headers of the request for the page. */
let request = new Headers();
vi.mock("next/headers", () => ({ headers: async () => request }));
process.env["__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS"] = "1";

let installation: TestInstallation;
let member: TestUser;
beforeAll(async () => {
  installation = await testInstallation();
  member = await installation.addUser("member");
});
afterAll(() => installation.remove());

async function open(user: TestUser | undefined, requestId: string): Promise<void> {
  const cookie = user ? (await installation.login(user)).cookie : "";
  request = new Headers({ cookie, "x-daybook-request-id": requestId });
}

async function eventsOf(requestId: string): Promise<unknown[]> {
  const found = await pool().query(
    "SELECT action, resource, outcome, status, user_name AS by FROM user_events WHERE request_id = $1",
    [requestId],
  );
  return found.rows;
}

describe("a page", () => {
  it("has its event committed when its rows are there", async () => {
    await open(member, "page-1");
    const rows = await asPage("logs.list", "/logs/commands?user=ann", async ({ email }) => [email]);
    expect(rows).toEqual([member.email]);
    expect(await eventsOf("page-1")).toEqual([
      {
        action: "logs.list",
        resource: "/logs/commands?user=ann",
        outcome: "success",
        status: 200,
        by: member.email,
      },
    ]);
  });

  it("sends strangers to sign in and come back, and does not count them", async () => {
    await open(undefined, "page-2");
    await expect(asPage("logs.list", "/logs/commands?user=ann", async () => "seen")).rejects.toMatchObject({
      digest: expect.stringContaining("/sign-in?next=%2Flogs%2Fcommands%3Fuser%3Dann"),
    });
    expect(await eventsOf("page-2")).toEqual([]);
  });

  it("is denied without the permission, before it reads", async () => {
    await open(member, "page-3");
    let read = false;
    const page = asPage(
      "sources.list",
      "/settings/sources",
      async () => {
        read = true;
      },
      { permission: "sources:manage" },
    );
    await expect(page).rejects.toMatchObject({ digest: "NEXT_HTTP_ERROR_FALLBACK;403" });
    expect(read).toBe(false);
    expect(await eventsOf("page-3")).toMatchObject([{ outcome: "denied", status: 403 }]);
  });

  it("shows an error under the id of its request, and keeps what it was for the log", async () => {
    await open(member, "page-4");
    const fault = new Error("down");
    const page = asPage("logs.list", "/x", () => Promise.reject(fault));
    await expect(page).rejects.toMatchObject({ digest: "page-4", message: "down", cause: fault });
  });

  it.each([
    ["a missing thing", () => notFound(), "failure", 404],
    ["a redirect", () => redirect("/logs;307;/commands"), "success", 307],
    ["a fault", () => Promise.reject(new Error("down")), "failure", 500],
  ])("tells %s in its event, and lets Next have it", async (name, work, outcome, status) => {
    await open(member, `page ${name}`);
    await expect(asPage("logs.list", "/x", async () => work())).rejects.toThrow();
    expect(await eventsOf(`page ${name}`)).toMatchObject([{ outcome, status }]);
  });
});
