import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonicalRecord, sha256 } from "./canonical.ts";

const raw = Buffer.from('{"log":"commands","id":"run-1","command":"printf \\"\\u00fc\\"","command":"twice"}');

const command = {
  organizationId: "0193a4c2-7d10-7b3e-9c55-3f1f0f2b6a01",
  time: "2026-11-21T08:45:32.506784Z",
  id: "0193a4c2-8f3a-7c10-8a51-5be0a0d3c902",
  receivedAt: "2026-11-21T08:45:33.000001Z",
  sourceId: "0193a4c2-7d11-7b3e-9c55-3f1f0f2b6a02",
  sourceRecordId: "run-1",
  epoch: 1,
  xid8: "9007199254740993",
  seq: "42",
  contentHash: sha256(raw).toString("hex"),
  user: "ann@example.org",
  target: "web-1",
  targetUser: "root",
  command: 'printf "ü\t€ \u2028 </script> \u{1f600}"',
  space: null,
  connectionId: null,
  outcome: "accepted",
  reason: null,
  exitCode: 0,
  origin: "reported",
  clientAddress: null,
  workingDirectory: "/root",
  offsetMs: null,
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

describe("the canonical form, version 1", () => {
  it("of a command is this, byte for byte", () => {
    expect(text(canonicalRecord("commands", command, raw))).toBe(
      [
        '{"command":"printf \\"ü\\t€ \u2028 </script> \u{1f600}\\""',
        '"contentHash":"396de1e1e6baca72e50dcf855e9ba2fb0aa6a820440fcca9ba312d9746dfdf2b"',
        '"epoch":1',
        '"exitCode":0',
        '"id":"0193a4c2-8f3a-7c10-8a51-5be0a0d3c902"',
        '"log":"commands"',
        '"organizationId":"0193a4c2-7d10-7b3e-9c55-3f1f0f2b6a01"',
        '"origin":"reported"',
        '"outcome":"accepted"',
        '"raw":"396de1e1e6baca72e50dcf855e9ba2fb0aa6a820440fcca9ba312d9746dfdf2b"',
        '"receivedAt":"2026-11-21T08:45:33.000001Z"',
        '"seq":"42"',
        '"sourceId":"0193a4c2-7d11-7b3e-9c55-3f1f0f2b6a02"',
        '"sourceRecordId":"run-1"',
        '"target":"web-1"',
        '"targetUser":"root"',
        '"time":"2026-11-21T08:45:32.506784Z"',
        '"user":"ann@example.org"',
        '"v":1',
        '"workingDirectory":"/root"',
        '"xid8":"9007199254740993"}',
      ].join(","),
    );
  });

  it("has this digest", () => {
    expect(sha256(canonicalRecord("commands", command, raw)).toString("hex")).toBe(
      "08b9a3267138124740a6b15a0452f55881a51b0215feb9af506e53dd1f59a4bd",
    );
  });

  it("keeps a JSON column as the text that is stored, repeated keys and all", () => {
    const customValues = '{"b": 1e2, "a": null, "a": "é"}';
    expect(text(canonicalRecord("audit-log", { customValues }, new Uint8Array()))).toBe(
      '{"customValues":"{\\"b\\": 1e2, \\"a\\": null, \\"a\\": \\"é\\"}","log":"audit-log",' +
        '"raw":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","v":1}',
    );
  });

  it("sorts by UTF-16 units and does not depend on the order of the columns", () => {
    const forth = canonicalRecord("commands", { ä: 1, Z: 2, a: 3, aa: 4, A: 5 }, raw);
    const back = canonicalRecord("commands", { A: 5, aa: 4, a: 3, Z: 2, ä: 1 }, raw);
    expect(text(forth)).toMatch(/^\{"A":5,"Z":2,"a":3,"aa":4,"log":.*,"ä":1\}$/);
    expect(forth).toEqual(back);
  });

  it("tells a column that is empty from one that is not there", () => {
    const empty = canonicalRecord("commands", { space: "" }, raw);
    expect(empty).not.toEqual(canonicalRecord("commands", { space: null }, raw));
    expect(canonicalRecord("commands", { space: null }, raw)).toEqual(canonicalRecord("commands", {}, raw));
  });

  it("changes with every byte of the record as received", () => {
    const other = Buffer.from(raw);
    other.writeUInt8(other.readUInt8(0) ^ 1, 0);
    expect(canonicalRecord("commands", command, other)).not.toEqual(
      canonicalRecord("commands", command, raw),
    );
  });
});

it("the example of the decision page is what the code gives", () => {
  const page = readFileSync("docs/decisions/0002-the-record.md", "utf8");
  const [, input = "", form = "", digest = ""] =
    /```text raw\n(.*)\n```[\s\S]*```json canonical\n(.*)\n```[\s\S]*SHA-256 `([0-9a-f]{64})`/.exec(page) ??
    [];
  const { v, log, raw: _, ...fields } = JSON.parse(form) as { [field: string]: string | number };
  expect(v).toBe(1);
  const made = canonicalRecord(String(log), fields, Buffer.from(input));
  expect(text(made)).toBe(form);
  expect(sha256(made).toString("hex")).toBe(digest);
});
