import { describe, expect, it } from "vitest";
import { can, grantableScopes, isRole, mayGrant, type Permission, permissionsOf, roles } from "./roles.ts";

describe("roles", () => {
  it.each<[Permission, string[]]>([
    ["logs:read", ["superuser", "admin", "auditor"]],
    ["logs:read-own", ["superuser", "admin", "auditor", "member"]],
    ["audit-log:read", ["superuser", "auditor"]],
    ["sources:manage", ["superuser", "admin"]],
    ["users:manage", ["superuser", "admin"]],
    ["sessions:end", ["superuser", "admin"]],
    ["sinks:manage", ["superuser"]],
    ["retention:manage", ["superuser"]],
    ["holds:manage", ["superuser"]],
  ])("gives %s to %s and nobody else", (permission, allowed) => {
    expect(roles.filter((role) => can(role, permission))).toEqual(allowed);
  });

  it("gives the superuser everything that anybody has", () => {
    const everything = new Set(roles.flatMap(permissionsOf));
    expect(new Set(permissionsOf("superuser"))).toEqual(everything);
  });

  it("lets nobody grant above the own role", () => {
    const grants = roles.map((actor) => roles.filter((role) => mayGrant(actor, role)));
    expect(grants).toEqual([
      ["superuser", "admin", "auditor", "member"],
      ["admin", "auditor", "member"],
      [],
      [],
    ]);
  });

  it("offers for tokens only what the role may do", () => {
    expect(grantableScopes("admin")).not.toContain("audit-log:read");
    expect(grantableScopes("member")).toEqual(["logs:read-own", "exports:create", "recordings:read-own"]);
  });

  it("does not take a property of every object for a role", () => {
    expect(isRole("constructor")).toBe(false);
  });
});
