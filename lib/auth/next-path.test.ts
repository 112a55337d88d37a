import { describe, expect, it } from "vitest";
import { safeNext, signInPath } from "./next-path.ts";

describe("safeNext", () => {
  it.each([
    "/logs/commands?user=ann&user=%2F%2Fx#row",
    "/settings/tokens",
    "/logs/commands?q=https://evil.example/",
  ])("keeps a path of this installation: %s", (path) => {
    expect(safeNext(path)).toBe(path);
  });

  it.each([
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "evil.example",
    "http:/evil.example",
    "/%00\u0000",
    "",
  ])("refuses what leads elsewhere: %j", (next) => {
    expect(safeNext(next)).toBe("/");
  });

  it("does not lead back to the sign-in page or into the API", () => {
    expect(safeNext("/sign-in?next=/")).toBe("/");
    expect(safeNext("/api/v1/me")).toBe("/");
    expect(safeNext("/logs/../api/v1/me")).toBe("/");
    expect(safeNext(undefined)).toBe("/");
  });

  it("names the page to come back to, once encoded", () => {
    expect(signInPath("/logs/commands?user=a&b=c")).toBe(
      "/sign-in?next=%2Flogs%2Fcommands%3Fuser%3Da%26b%3Dc",
    );
    expect(signInPath("https://evil.example")).toBe("/sign-in");
  });
});
