import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pool } from "@/lib/db/client.ts";
import { currentUser, requireRole, requireUser } from "./current.ts";
import { type TestInstallation, type TestUser, testInstallation } from "./test-installation.ts";

/** The headers of the request for the page. */
let request = new Headers();
vi.mock("next/headers", () => ({ headers: async () => request }));
process.env["__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS"] = "1";

let installation: TestInstallation;
let auditor: TestUser;
beforeAll(async () => {
  installation = await testInstallation();
  auditor = await installation.addUser("auditor");
});
afterAll(() => installation.remove());

describe("the current user", () => {
  it("is nobody without a session, and is sent to sign in from the path the server names", async () => {
    request = new Headers({ "x-daybook-path": "/logs/commands?user=a" });
    expect(await currentUser()).toBeNull();
    await expect(requireUser()).rejects.toMatchObject({
      digest: expect.stringContaining(";/sign-in?next=%2Flogs%2Fcommands%3Fuser%3Da;"),
    });
    request = new Headers({ "x-daybook-path": "//evil.example/" });
    await expect(requireUser()).rejects.toMatchObject({ digest: expect.stringContaining(";/sign-in;") });
  });

  it("is not nobody when the database cannot say: that is an error under the id of the request", async () => {
    const { cookie } = await installation.login(auditor);
    request = new Headers({ cookie, "x-daybook-request-id": "request-9" });
    const away = vi.spyOn(pool(), "query").mockRejectedValue(new Error("the database is away") as never);
    await expect(currentUser()).rejects.toMatchObject({
      digest: "request-9",
      message: "the database is away",
    });
    away.mockRestore();
  });

  it("is who the session belongs to, without anything secret", async () => {
    const { cookie, sessionId } = await installation.login(auditor);
    request = new Headers({ cookie });
    expect(await requireUser()).toEqual({
      id: auditor.id,
      email: auditor.email,
      name: auditor.email,
      logins: [],
      role: "auditor",
      sharedOnly: false,
      reach: "all",
      mustEnrol: false,
      organizationId: installation.organizationId,
      organizationName: "First",
      sessionId,
    });
  });

  it("must have one of the roles asked for", async () => {
    request = new Headers({ cookie: (await installation.login(auditor)).cookie });
    expect(await requireRole("superuser", "auditor")).toMatchObject({ role: "auditor" });
    await expect(requireRole("superuser", "admin")).rejects.toMatchObject({
      digest: "NEXT_HTTP_ERROR_FALLBACK;403",
    });
  });
});
