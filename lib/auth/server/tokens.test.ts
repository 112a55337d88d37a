import { describe, expect, it } from "vitest";
import { looksLikeToken, newToken, tokenHash } from "./tokens.ts";

describe("tokens", () => {
  it("have a prefix, 32 letters and a checksum of six", () => {
    const { token, shownPrefix, hash } = newToken("dbk_");
    expect(token).toMatch(/^dbk_[0-9A-Za-z]{38}$/);
    expect(token.startsWith(shownPrefix)).toBe(true);
    expect(shownPrefix).toHaveLength(10);
    expect(hash.equals(tokenHash(token))).toBe(true);
  });

  it("are recognised, by prefix when asked", () => {
    const { token } = newToken("dbs_");
    expect(looksLikeToken(token)).toBe(true);
    expect(looksLikeToken(token, "dbs_")).toBe(true);
    expect(looksLikeToken(token, "dbk_")).toBe(false);
  });

  it("are not recognised with any one character changed, cut or added", () => {
    const { token } = newToken("dbk_");
    for (let place = 0; place < token.length; place++) {
      const other = token[place] === "a" ? "b" : "a";
      expect(looksLikeToken(token.slice(0, place) + other + token.slice(place + 1))).toBe(false);
    }
    expect(looksLikeToken(token.slice(0, -1))).toBe(false);
    expect(looksLikeToken(`${token}a`)).toBe(false);
    expect(looksLikeToken(`${token}\n`)).toBe(false);
  });

  it("use every letter about equally", () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 500; round++) {
      for (const letter of newToken("dbk_").token.slice(4, 36))
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 258 expected of each, with a spread of 16.
    for (const count of counts.values()) expect(count).toBeGreaterThan(160);
  });
});
