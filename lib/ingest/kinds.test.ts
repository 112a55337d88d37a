import { describe, expect, it } from "vitest";
import type { MapContext } from "@/lib/ingest/define.ts";
import { ingestKind, ingestKinds, isIngestKind } from "@/lib/ingest/kinds.ts";

const context: MapContext = {
  sourceName: "a",
  receivedAt: "2026-11-21T10:00:00.000000Z",
  settings: {},
  mask: () => "[masked]",
};

describe("kinds", () => {
  it("are found by their names alone", () => {
    for (const kind of ingestKinds) expect(ingestKind(kind.name)).toBe(kind);
    expect(new Set(ingestKinds.map(({ name }) => name)).size).toBe(ingestKinds.length);
    for (const name of ["", "Native", "__proto__", "constructor"]) expect(isIngestKind(name)).toBe(false);
    expect(() => ingestKind("constructor")).toThrow("There is no kind of source called constructor");
  });

  it.each(ingestKinds.map((kind) => [kind.name, kind] as const))(
    "%s says how to send its records",
    (name, kind) => {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(kind.mediaTypes.every((type) => /^[a-z]+\/[a-z-]+$/.test(type))).toBe(true);
      const text = kind.instructions.map((instruction) => instruction.text).join("\n");
      expect(text).toContain("{url}");
      expect(text).toContain("{token}");
    },
  );

  it("the lines shown for Daybook's own format are accepted", () => {
    const native = ingestKind("native");
    const lines = native.instructions
      .flatMap(({ text }) => text.split("\n"))
      .filter((line) => line.startsWith("{"));
    const records = [...native.split(new TextEncoder().encode(lines.join("\n")), context)];
    expect(records.length).toBe(3);
    for (const record of records) {
      expect("rejected" in record ? record : native.map(record, context)).toHaveProperty("rows");
    }
  });
});
