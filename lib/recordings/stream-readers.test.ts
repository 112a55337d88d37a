import { describe, expect, it } from "vitest";
import { alisMagic, encodeAlis } from "@/lib/recordings/alis.ts";
import { type StreamPart, type StreamProtocol, streamReader } from "@/lib/recordings/stream-readers.ts";

/** Each message with the microseconds since the connection at which it comes. */
function read(protocol: StreamProtocol | "", ...messages: (string | Uint8Array)[]): StreamPart[] {
  const reader = streamReader(protocol);
  return messages.flatMap((message, index) =>
    reader(Buffer.from(message as Uint8Array), typeof message !== "string", index * 1000),
  );
}
const events = (parts: StreamPart[]) => parts.flatMap((part) => (part.what === "event" ? [part.event] : []));

const init = encodeAlis({
  type: "init",
  lastId: 7,
  time: 500,
  columns: 80,
  rows: 24,
  theme: null,
  screen: "$ ",
});
const alis = [
  alisMagic,
  init,
  encodeAlis({ type: "output", id: 8, time: 200, text: "a" }),
  encodeAlis({ type: "resize", id: 9, time: 100, columns: 100, rows: 30 }),
  encodeAlis({ type: "exit", id: 10, time: 1, status: 3 }),
  encodeAlis({ type: "end" }),
];
const v2 = [
  '{"version":2,"width":80,"height":24,"title":"t"}',
  '[1.5,"o","a"]',
  '[1.6,"z",1]\n[2,"r","100x30"]\n',
];
const v3 = [
  '{"version":3,"term":{"cols":80,"rows":24}}',
  "# note",
  '[1.5,"o","a"]',
  '[0.1,"z",1]',
  '[0.4,"x","3"]',
];

describe("the messages of a producer", () => {
  it("as ALiS: times add up from the time of init", () => {
    const parts = read("v1.alis", ...alis);
    expect(parts[0]).toMatchObject({
      what: "start",
      elapsedUs: 500,
      lastId: 7,
      columns: 80,
      rows: 24,
      screen: "$ ",
    });
    expect(events(parts)).toEqual([
      [700, "o", "a"],
      [800, "r", "100x30"],
      [801, "x", "3"],
    ]);
    expect(parts.at(-1)).toEqual({ what: "end" });
  });

  it("as asciicast 2: times are since the start, unknown events are left out", () => {
    const parts = read("v2.asciicast", ...v2);
    expect(parts[0]).toMatchObject({ what: "start", elapsedUs: null, columns: 80, title: "t" });
    expect(events(parts)).toEqual([
      [1_500_000, "o", "a"],
      [2_000_000, "r", "100x30"],
    ]);
  });

  it("as asciicast 3: times add up, those of unknown events too", () => {
    expect(events(read("v3.asciicast", ...v3))).toEqual([
      [1_500_000, "o", "a"],
      [2_000_000, "x", "3"],
    ]);
  });

  it("as raw text: the clock is ours, the size may come first", () => {
    const parts = read("raw", "\u001b[8;30;100tab", "c");
    expect(parts[0]).toMatchObject({ what: "start", columns: 100, rows: 30 });
    expect(events(parts)).toEqual([
      [0, "o", "\u001b[8;30;100tab"],
      [1000, "o", "c"],
    ]);
    expect(read("raw", "ab")[0]).toMatchObject({ columns: 80, rows: 24 });
  });

  it("are told apart by the first one when no protocol was agreed", () => {
    expect(events(read("", ...alis))).toHaveLength(3);
    expect(events(read("", ...v2))).toHaveLength(2);
    expect(events(read("", ...v3))).toHaveLength(2);
    expect(events(read("", '{ "version": 2, broken', "x"))).toHaveLength(2);
  });

  it.each<[string, StreamProtocol, (string | Uint8Array)[], string]>([
    ["no magic", "v1.alis", [init], "not ALiS version 1"],
    ["text", "v1.alis", ["ALiS\u0001"], "a text message in a binary protocol"],
    ["output before init", "v1.alis", [alisMagic, alis[2] ?? ""], "output before init"],
    ["a cut message", "v1.alis", [alisMagic, init.subarray(0, 3)], "the message ends"],
    [
      "a century",
      "v1.alis",
      [alisMagic, init, encodeAlis({ type: "marker", id: 1, time: 4e15, text: "" })],
      "ten years",
    ],
    ["no header", "v2.asciicast", ["[1]"], "header"],
    ["another version", "v3.asciicast", ['{"version":2,"width":80,"height":24}'], "header.version"],
    ["a size that is none", "v2.asciicast", ['{"version":2,"width":-1,"height":24}'], "header.width"],
    ["no JSON", "v2.asciicast", [v2[0] ?? "", "x"], "event: no JSON"],
    ["a time before the start", "v2.asciicast", [v2[0] ?? "", '[-1,"o","a"]'], "event.0"],
    [
      "output that is no text",
      "v2.asciicast",
      [v2[0] ?? "", '[1,"o",{"a":1}]'],
      "the data of o is no string",
    ],
  ])("are refused with the reason: %s", (_name, protocol, messages, reason) => {
    expect(() => read(protocol, ...messages)).toThrow(reason);
  });
});
