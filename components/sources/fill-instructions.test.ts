import { describe, expect, it } from "vitest";
import { ingestUrl } from "@/lib/ingest/ingest-url.ts";
import { ingestKinds } from "@/lib/ingest/kinds.ts";
import { fillInstructions } from "./fill-instructions.ts";

const id = "01a1fea8-4a49-749f-8d2c-298b9dc948cf";

describe("instructions", () => {
  it("get the address and the token wherever they name them, and nothing else", () => {
    const text = "curl -H 'Authorization: Bearer {token}' {url} # {token} $URL {other}";
    expect(fillInstructions(text, { url: "https://d.example/x", token: "dbs_$&" })).toBe(
      "curl -H 'Authorization: Bearer dbs_$&' https://d.example/x # dbs_$& $URL {other}",
    );
    expect(fillInstructions("{token}", { url: "", token: undefined })).toBe("<token>");
  });

  it("of every kind say where to post", () => {
    for (const kind of ingestKinds) {
      const filled = kind.instructions
        .map(({ text }) => fillInstructions(text, { url: "URL!", token: "TOKEN!" }))
        .join();
      expect(filled, kind.name).toContain("URL!");
      expect(filled, kind.name).toContain("TOKEN!");
      expect(filled, kind.name).not.toMatch(/\{(url|token)\}/);
    }
  });

  it("name the source in the path where its sender knows a URL only", () => {
    const origin = "https://daybook.example.org";
    expect(ingestUrl(origin, { id, kind: "sshd" })).toBe(`${origin}/api/v1/ingest/sshd`);
    expect(ingestUrl(`${origin}/`, { id, kind: "kubernetes-audit" })).toBe(
      `${origin}/api/v1/ingest/kubernetes-audit/${id}`,
    );
  });
});
