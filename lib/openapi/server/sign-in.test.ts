import { afterAll, beforeAll, describe, it } from "vitest";
import { codeAt, enrol } from "@/lib/auth/server/test-second-factor.ts";
import { type TestClient, testClient } from "./test-client.ts";

let client: TestClient;
beforeAll(async () => {
  client = await testClient();
});
afterAll(() => client.remove());

describe("the document tells the truth about signing in", () => {
  it("one's own second factor", async () => {
    const factor = "/api/v1/me/second-factor";
    // Every test user has the same password.
    const { password } = await client.installation.addUser("member");
    await client.check(factor, {});
    await client.check(factor, { method: "POST", body: { password: "not it" } }, 400);
    await client.check(factor, { method: "POST", body: { password, code: "123456" } }, 400);
    await client.check(factor, { method: "PUT", body: { code: "123456" } }, 409);
    const begun = await client.check(factor, { method: "POST", body: { password } }, 201);
    const { secret } = begun as { secret: string };
    await client.check(factor, { method: "PUT", body: { code: "12345" } }, 400);
    await client.check(factor, { method: "PUT", body: { code: codeAt(secret, Date.now()) } });
    await client.check(factor, {});
    await client.check(factor, { method: "POST", body: { password } }, 409);
    const renewed = await client.check(
      "/api/v1/me/recovery-codes",
      { method: "POST", body: { password } },
      201,
    );
    const [code] = (renewed as { recoveryCodes: string[] }).recoveryCodes;
    await client.check(`${factor}/removal`, { method: "POST", body: { code: "nothing" } }, 400);
    await client.check(`${factor}/removal`, { method: "POST", body: { code } }, 204);
    await client.check(`${factor}/removal`, { method: "POST", body: { code } }, 409);
  });

  it("one's own sessions", async () => {
    const shown = (await client.check("/api/v1/me/sessions", {})) as { sessions: { id: string }[] };
    const id = shown.sessions[0]?.id ?? "";
    await client.check("/api/v1/me/sessions/{id}", { method: "DELETE", params: { id } }, 409);
    await client.check("/api/v1/me/sessions", { method: "DELETE" });
    await client.check(
      "/api/v1/me/sessions/{id}",
      { method: "DELETE", params: { id: crypto.randomUUID() } },
      404,
    );
  });

  it("the policy, which members may not see", async () => {
    const path = "/api/v1/sign-in-policy";
    const body = { secondFactorRoles: ["admin"], idleMinutes: 60, absoluteHours: 24, reason: "an audit" };
    await client.check(path, {});
    await client.check(path, { method: "PUT", body });
    await client.check(path, { method: "PUT", body: { ...body, idleMinutes: 1 } }, 400);
    await client.check(path, { as: "member" }, 403);
    await client.check(path, {});
  });

  it("what admins do for others", async () => {
    const user = await client.installation.addUser("member");
    await enrol(client.installation, user);
    const params = { id: user.id };
    const query = "?reason=lost";
    const factor = "/api/v1/users/{id}/second-factor";
    await client.check(factor, { method: "DELETE", params }, 400);
    await client.check(factor, { method: "DELETE", params, query }, 204);
    await client.check(factor, { method: "DELETE", params, query }, 409);
    await client.check("/api/v1/users/{id}/sessions", { method: "DELETE", params, query });
    await client.check("/api/v1/users/{id}/lock", { method: "DELETE", params, query }, 409);
    await client.check(factor, { method: "DELETE", params, query, as: "member" }, 403);
    const nobody = { id: crypto.randomUUID() };
    await client.check(factor, { method: "DELETE", params: nobody, query }, 404);
  });
});
