import { describe, expect, it } from "vitest";
import { formatLayout, moveColumn, parseLayout, resizeColumn, toggleColumn } from "./column-layout.ts";

const known = ["time", "user", "command"];
const layout = { shown: ["time", "user"], sizes: { user: 120 } };

describe("a kept layout", () => {
  it("comes back as it was", () => {
    expect(parseLayout(formatLayout(layout), known)).toEqual(layout);
  });

  it("loses columns that exist no more, and is none when nothing is left or it was not understood", () => {
    expect(
      parseLayout('{"shown":["gone","time","time"],"sizes":{"gone":9,"time":1e9,"user":"wide"}}', known),
    ).toEqual({
      shown: ["time"],
      sizes: { time: 1200 },
    });
    for (const text of [null, "", "{", "[]", "null", '{"shown":"time"}', '{"shown":["gone"]}']) {
      expect(parseLayout(text, known)).toBeUndefined();
    }
  });
});

describe("columns", () => {
  it("are shown behind the others and hidden, but for the last", () => {
    expect(toggleColumn(layout, "command").shown).toEqual(["time", "user", "command"]);
    expect(toggleColumn(layout, "time").shown).toEqual(["user"]);
    expect(toggleColumn({ shown: ["time"], sizes: {} }, "time").shown).toEqual(["time"]);
  });

  it("change places with their neighbour, and stop at the edge", () => {
    expect(moveColumn(layout, "user", -1).shown).toEqual(["user", "time"]);
    expect(moveColumn(layout, "user", 1).shown).toEqual(["time", "user"]);
    expect(moveColumn(layout, "command", 1).shown).toEqual(["time", "user"]);
  });

  it("keep a width within limits", () => {
    expect(resizeColumn(layout, "time", 3).sizes).toEqual({ user: 120, time: 48 });
  });
});
