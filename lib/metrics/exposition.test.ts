import { describe, expect, it } from "vitest";
import { Counter } from "./counter.ts";
import { exposition } from "./exposition.ts";

describe("the text format", () => {
  it("has help, type and a line for each sample", () => {
    const counter = new Counter("daybook_things_total", "Things, counted.");
    counter.add({ kind: "native", outcome: "accepted" }, 3);
    counter.add({ outcome: "accepted", kind: "native" });
    counter.add({ kind: "sshd", outcome: "accepted" }, 0);
    expect(exposition([counter.family()])).toBe(
      [
        "# HELP daybook_things_total Things, counted.",
        "# TYPE daybook_things_total counter",
        'daybook_things_total{kind="native",outcome="accepted"} 4',
        'daybook_things_total{kind="sshd",outcome="accepted"} 0',
        "",
      ].join("\n"),
    );
  });

  it("escapes what would end a value or a line", () => {
    const labels = { path: 'C:\\"x"\nDAY 1' };
    const family = {
      name: "a",
      help: "back\\slash\nand line",
      type: "gauge",
      samples: [{ labels, value: 1 }],
    } as const;
    expect(exposition([family])).toBe(
      '# HELP a back\\\\slash\\nand line\n# TYPE a gauge\na{path="C:\\\\\\"x\\"\\nDAY 1"} 1\n',
    );
  });

  it("writes numbers as Prometheus reads them", () => {
    const values = [0, 1.5, 1e21, 5e-9, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    const samples = values.map((value) => ({ labels: {}, value }));
    const lines = exposition([{ name: "a", help: "", type: "gauge", samples }])
      .split("\n")
      .slice(2, -1);
    expect(lines.map((line) => line.slice(2))).toEqual(["0", "1.5", "1e+21", "5e-9", "+Inf", "-Inf", "NaN"]);
  });
});
