import { describe, expect, it } from "vitest";
import { parseQuery } from "@/lib/logs/query.ts";
import { logView } from "@/lib/logs/views.ts";
import { jumpTargets, logsWithFilter, parseJump } from "./jumps.ts";

describe("what is typed into the palette", () => {
  it("asks for a filter by its parameter or its label", () => {
    expect(parseJump("user: ann")).toEqual({ filter: "user", text: "ann" });
    expect(parseJump("Target user:root")).toEqual({ filter: "targetUser", text: "root" });
    expect(parseJump("targetuser:")).toEqual({ filter: "targetUser", text: "" });
  });

  it("is words where no filter has that name", () => {
    expect(parseJump("https://example.org")).toEqual({ filter: undefined, text: "https://example.org" });
    expect(parseJump(" sudo rm ")).toEqual({ filter: undefined, text: "sudo rm" });
  });
});

describe("jumps", () => {
  it("lead to every log that knows the filter, and to no other", () => {
    expect(logsWithFilter("cluster")).toEqual(["kubernetes-commands", "kubernetes-api-calls"]);
    expect(jumpTargets({ filter: "cluster", text: "prod" }).map(({ href }) => href)).toEqual([
      "/logs/kubernetes-commands?cluster=prod",
      "/logs/kubernetes-api-calls?cluster=prod",
    ]);
    expect(jumpTargets({ filter: "user", text: "" })).toEqual([]);
  });

  it("have addresses that the logs understand", () => {
    for (const jump of [parseJump("user: a&b=c"), parseJump("50% off & more")]) {
      for (const { slug, href } of jumpTargets(jump)) {
        const { query } = parseQuery(logView(slug), new URL(href, "http://localhost").searchParams);
        expect(query?.conditions[0]?.values).toEqual([jump.text]);
      }
    }
  });
});
