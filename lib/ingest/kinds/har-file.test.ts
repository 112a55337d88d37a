import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BadBody, type MapContext } from "@/lib/ingest/define.ts";
import { httpAccess } from "@/lib/ingest/kinds/http-access.ts";
import { processorMs } from "@/lib/test-time.ts";

const context: MapContext = {
  sourceName: "browser",
  receivedAt: "2026-11-22T10:00:00.000000Z",
  settings: { user: "ann@example.org" },
  mask: (secret) => `[masked sha256:${createHash("sha256").update(secret).digest("hex").slice(0, 16)}]`,
};
const sample = readFileSync("samples/har/chromium.har");
const sampleSession = `har ${createHash("sha256").update(sample).digest("hex")}`;

type Row = { [field: string]: unknown };

function read(body: string | Uint8Array, settings: { [name: string]: string } = context.settings) {
  const own = { ...context, settings };
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return [...httpAccess.split(bytes, own)].map((record) => {
    const mapped = "rejected" in record ? { rejected: record.rejected } : httpAccess.map(record, own);
    const rows = "rows" in mapped ? mapped.rows : [];
    return { id: record.id, raw: Buffer.from(record.raw).toString(), mapped, rows, row: rows[0]?.row as Row };
  });
}

const har = (entries: unknown, more: object = {}) =>
  JSON.stringify({ log: { version: "1.2", creator: { name: "x", version: "1" }, entries, ...more } });

const entry = {
  startedDateTime: "2026-11-21T11:00:00.5+01:00",
  time: 12.345,
  request: { method: "GET", url: "https://shop.example.org/a?b=1", headers: [] },
  response: { status: 200, content: { size: 7 }, bodySize: -1 },
};
const withRequest = (request: object) => ({ ...entry, request: { ...entry.request, ...request } });

describe("a HAR file", () => {
  it("of Chromium is one session of one person, its requests in order", () => {
    const records = read(sample);
    expect(records.map(({ row }) => [row["method"], row["request"], row["status"], row["outcome"]])).toEqual([
      ["GET", "/", 200, "success"],
      ["GET", "/app.js", 200, "success"],
      ["GET", "/", 200, "success"],
      ["GET", "/app.js", 200, "success"],
      [
        "GET",
        expect.stringMatching(/^\/orders\?id=7&access_token=\[masked sha256:\w{16}\]$/),
        200,
        "success",
      ],
      ["POST", "/login", 204, "success"],
      ["GET", "/admin", 403, "denied"],
      ["GET", "/logo.png", 200, "success"],
    ]);
    expect(records[1]?.row).toMatchObject({
      ...{ time: "2026-11-21T22:47:01.809Z", durationUs: 67_872, bytes: 267, place: 1, kind: "http" },
      ...{ user: "ann@example.org", target: "shop.example.org:40331", host: "shop.example.org:40331" },
      ...{ referrer: "http://shop.example.org:40331/", connectionRef: sampleSession },
      clientSoftware: expect.stringContaining("HeadlessChrome/156"),
    });
    expect(records[1]?.rows.slice(1)).toMatchObject([
      { once: `open ${sampleSession}`, row: { event: "open", connectionRef: sampleSession } },
      { once: `disconnected ${sampleSession}`, row: { event: "disconnected" } },
    ]);
    expect(records[1]?.raw).toContain('"serverIPAddress":"127.0.0.1"');
  });

  it.each([{}, { "mask.http-secrets": "off" }])("keeps no cookie, header, form or answer (%j)", (more) => {
    const kept = read(sample, { ...context.settings, ...more })
      .map(({ raw }) => raw)
      .join("\n");
    for (const secret of ["s3cret-cookie", "s3cret-header", "s3cret-form", "s3cret-answer", "iVBOR"]) {
      expect(sample.toString()).toContain(secret);
      expect(kept).not.toContain(secret);
    }
    expect(kept.includes("s3cret-query")).toBe("mask.http-secrets" in more);
  });

  it("gives the same ids when it comes again, and when a record of it is read alone", () => {
    const first = read(sample);
    expect(new Set(first.map(({ id }) => id)).size).toBe(8);
    expect(read(sample)).toEqual(first);
    for (const { id, raw, rows } of first) {
      const [alone, ...others] = [...httpAccess.split(Buffer.from(`${raw}\n`), context)];
      expect(others).toEqual([]);
      expect(alone?.id).toBe(id);
      expect(alone && !("rejected" in alone) && httpAccess.map(alone, context)).toEqual({ rows });
    }
  });

  it("may be one line, be pretty, and begin with a byte order mark", () => {
    const text = har([entry]);
    for (const body of [text, `${text}\n`, JSON.stringify(JSON.parse(text), null, 2), `\ufeff${text}`])
      expect(read(body).map(({ row }) => row["request"])).toEqual(["/a?b=1"]);
  });

  it("takes its target from the setting, else from the first request", () => {
    const other = {
      ...withRequest({ url: "wss://Live.example.org" }),
      startedDateTime: "2026-11-21T10:00:00Z",
    };
    const targets = (settings?: { [name: string]: string }) =>
      read(har([entry, other]), settings).map(({ row }) => row["target"]);
    expect(targets()).toEqual(["live.example.org", "live.example.org"]);
    expect(targets({ ...context.settings, target: "shop" })).toEqual(["shop", "shop"]);
  });

  it("has its entries sorted by time, with their places in the file", () => {
    const at = (startedDateTime: string) => ({ ...entry, startedDateTime });
    const records = read(
      har([
        at("2026-11-21T10:00:02Z"),
        at("2026-11-21T10:00:01.5Z"),
        at("2026-11-21T10:00:01Z"),
        { ...entry, startedDateTime: undefined },
      ]),
    );
    expect(records.map(({ row }) => row?.["place"])).toEqual([2, 1, 0, undefined]);
    expect(records[3]?.mapped).toEqual({ rejected: "startedDateTime: missing" });
  });

  it("with one request twice tells of two", () => {
    expect(new Set(read(har([entry, entry])).map(({ id }) => id)).size).toBe(2);
  });

  it("tells what is not known by leaving it out", () => {
    const [record] = read(har([{ ...entry, time: -1, response: { status: 0, bodySize: -1 } }]));
    expect(record?.row).toMatchObject({ outcome: "failure" });
    for (const field of ["durationUs", "bytes", "status", "referrer"])
      expect(record?.row).not.toHaveProperty(field);
  });

  it.each([
    [7, "the entry: must be an object"],
    [["s3cret"], "the entry: must be an object"],
    ["s3cret", "the entry: must be an object"],
    [{ ...entry, startedDateTime: "s3cretly yesterday" }, "startedDateTime: must be a time"],
    [{ ...entry, startedDateTime: { s3cret: 1 } }, "startedDateTime: must be a time"],
    [{ ...entry, time: "s3" }, "time: must be a number"],
    [{ ...entry, time: 1e300 }, "time: must be a number"],
    [{ ...entry, request: "s3cret" }, "request: must be an object"],
    [{ ...entry, response: ["s3cret"] }, "response: must be an object"],
    [{ ...entry, response: { status: "200" } }, "response.status: must be a number"],
    [withRequest({ url: ["s3cret"] }), "request.url: must be a text"],
    [withRequest({ url: "/relative" }), "request.url: must be a URL"],
    [withRequest({ url: "https://" }), "request.url: must be a URL"],
    [withRequest({ url: "https://a b/" }), "request.url: must be a URL"],
    [withRequest({ url: `https://${"x".repeat(2000)}/` }), "request.url: must be a URL"],
    [withRequest({ url: `https://x/${"y".repeat(4_300_000)}` }), "larger than 4194304 bytes"],
    [withRequest({ method: "G".repeat(2000) }), "request.method: must be a text"],
  ])("keeps an entry aside with the reason (%#)", (bad, reason) => {
    const records = read(har([bad, entry]));
    expect(records).toHaveLength(2);
    const found = records.find(({ mapped }) => "rejected" in mapped);
    expect(found?.mapped).toEqual({ rejected: expect.stringContaining(reason) });
    expect(found?.id).toMatch(/^[0-9a-f]{64}\/0\//);
    expect(found?.raw.replace("s3cretly yesterday", "")).not.toContain("s3cret");
    // It is tried again as what it is, not as a line of an access log.
    const [again] = read(`${found?.raw}\n`);
    expect(again?.id?.split("/").slice(0, 2)).toEqual(found?.id?.split("/").slice(0, 2));
    expect(again?.mapped).toHaveProperty("rejected");
  });

  it("skips what went over no network, without its content", () => {
    const [record] = read(har([withRequest({ url: "data:text/plain;base64,czNjcmV0" })]));
    expect(record?.mapped).toEqual({ skipped: "a request that went over no network: data" });
    expect(record?.raw).not.toContain("czNjcmV0");
  });

  it("may hold lone surrogates, NUL and names that mean something to JavaScript", () => {
    const text = har([entry])
      .replace("/a?b=1", "/\\ud800\\u0000?__proto__=1")
      .replace('"time"', '"__proto__":{"time":1},"time"');
    expect(read(text)[0]?.row["request"]).toBe("/\ud800\u0000?__proto__=1");
  });

  it("may be nested deeply where nothing is kept", () => {
    const deep = "[".repeat(5000) + "]".repeat(5000);
    expect(read(har([entry]).replace('"time"', `"_deep":${deep},"time"`))[0]?.rows).toHaveLength(3);
    const deeper = "[".repeat(20_000) + "]".repeat(20_000);
    expect(() => read(har([entry]).replace('"time"', `"_deep":${deeper},"time"`))).toThrow(
      "nested deeper than",
    );
  });

  it.each([
    [sample.toString().slice(0, 9000), "is cut off or is not JSON"],
    [`${har([entry])}${har([entry])}`, "something follows it"],
    [har({}), "log.entries: must be an array"],
    [har(undefined), "log.entries: missing"],
    [har([], { version: 2 }), "log.version: must be a text such as 1.2"],
    [har([entry]).replace('"entries"', '"entries":[],"entries"'), "log.entries: is there twice"],
    [har([], { _daybook: { file: "../x", place: 0, host: "" } }), "log._daybook.file"],
    [har([], { _daybook: { file: "0".repeat(64), place: -1, host: "" } }), "log._daybook.place"],
    [
      har([entry, entry], { _daybook: { file: "0".repeat(64), place: 0, host: "" } }),
      "log._daybook: belongs to a file of one entry",
    ],
    [har(Array.from({ length: 100_001 }, () => 1)), "more than 100000 entries"],
  ])("is refused as a whole with the reason (%#)", (body, reason) => {
    const act = () => read(body);
    expect(act).toThrow(BadBody);
    expect(act).toThrow(reason);
  });

  it("is refused by a source that does not say whose it is", () => {
    expect(() => read(sample, {})).toThrow(/^user: a HAR file names no person/);
  });

  it("is not what a line of an access log with a log of its own is", () => {
    const line = { log: { level: "info" }, time: "2026-11-21T10:00:00Z", path: "/x", status: 200 };
    expect(read(`${JSON.stringify(line)}\n`, {})[0]?.row["request"]).toBe("/x");
  });

  it("lets others have their turn before its first record is known", () => {
    const body = Buffer.from(har(Array.from({ length: 5000 }, () => entry)));
    let [longest, turns, last] = [0, 0, processorMs()];
    for (const record of httpAccess.splitInTurns?.(body, context) ?? []) {
      if (record !== undefined) break;
      const now = processorMs();
      [longest, turns, last] = [Math.max(longest, now - last), turns + 1, now];
    }
    expect(turns).toBeGreaterThan(5000);
    expect(longest).toBeLessThan(500);
  });

  describe("with more than an entry may hold", () => {
    const text = '\\"]}\\\\x'.repeat(2_500_000);
    const large = JSON.stringify({ ...entry, startedDateTime: "2026-11-21T09:00:00Z" }).replace(
      '"size":7',
      `"size":7,"text":"${text}"`,
    );

    it("keeps that entry aside, and reads the others", () => {
      const records = read(har([entry, 0, entry]).replace(",0,", `,${large},`));
      expect(records.map(({ mapped }) => "rejected" in mapped)).toEqual([false, false, true]);
      expect(records[2]?.mapped).toEqual({
        rejected: expect.stringContaining("the entry is larger than 16777216 bytes"),
      });
      expect(records[2]?.id).toMatch(/^[0-9a-f]{64}\/1\/$/);
      expect(records[2]?.raw.length).toBeLessThan(400);
      expect(read(`${records[2]?.raw}\n`)[0]?.mapped).toHaveProperty("rejected");
    });

    it("lets others have their turn meanwhile", () => {
      const body = Buffer.from(har([0]).replace("[0]", `[${large}]`));
      const steps = [...(httpAccess.splitInTurns?.(body, context) ?? [])];
      expect(steps.length).toBeGreaterThan(2 * Math.floor(large.length / 1024 / 1024));
    });

    it("is refused where it is no entry, or does not end", () => {
      const comment = har([entry]).replace('"entries"', `"comment":"${"x".repeat(17_000_000)}","entries"`);
      expect(() => read(comment)).toThrow("log.comment: is larger than 16777216 bytes");
      const open = har([0]).replace(/\[0\].*/, `[${large.slice(0, -1)}`);
      expect(() => read(open)).toThrow("is cut off or is not JSON");
    });
  });

  it("costs time in proportion to its length", () => {
    const took = (entries: number) => {
      const body = Buffer.from(har(Array.from({ length: entries }, () => entry)));
      const start = processorMs();
      expect(read(body)).toHaveLength(entries);
      return processorMs() - start;
    };
    took(1000);
    expect(took(10_000)).toBeLessThan(Math.max(2000, took(1000) * 40));
  });
});
