import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BadBody, type MapContext } from "@/lib/ingest/define.ts";
import { httpAccess } from "@/lib/ingest/kinds/http-access.ts";

const context: MapContext = {
  sourceName: "gateway",
  receivedAt: "2026-11-21T10:00:00.000000Z",
  settings: {},
  mask: (secret) => `[masked sha256:${createHash("sha256").update(secret).digest("hex").slice(0, 16)}]`,
};

function rowsOf(record: object, settings: { [name: string]: string } = {}) {
  const own = { ...context, settings };
  return [...httpAccess.split(Buffer.from(`${JSON.stringify(record)}\n`), own)].map((one) => {
    if ("rejected" in one) throw new Error(one.rejected);
    const mapped = httpAccess.map(one, own);
    return { raw: Buffer.from(one.raw).toString(), id: one.id, mapped };
  })[0];
}

function requestOf(record: object, settings?: { [name: string]: string }) {
  const found = rowsOf(record, settings);
  if (!found || !("rows" in found.mapped)) throw new Error(JSON.stringify(found));
  return { ...found, row: found.mapped.rows[0]?.row as { [field: string]: unknown } };
}

const nginx = {
  time_iso8601: "2026-11-21T11:00:01+01:00",
  remote_addr: "203.0.113.9",
  remote_user: "ann",
  request_method: "GET",
  request_uri: "/orders?id=7&access_token=s3cret",
  status: 200,
  body_bytes_sent: 512,
  request_time: 0.25,
  host: "shop.example.org",
  http_referer: "-",
  http_user_agent: "curl/8.0",
};

describe("access logs", () => {
  it("of nginx, with its secrets masked in the record as received too", () => {
    const { row, raw } = requestOf(nginx);
    expect(row).toMatchObject({
      ...{ time: "2026-11-21T10:00:00.750000Z", user: "ann", target: "shop.example.org", kind: "http" },
      ...{ method: "GET", status: 200, outcome: "success", durationUs: 250_000, bytes: 512 },
      ...{ clientAddress: "203.0.113.9", clientSoftware: "curl/8.0" },
    });
    expect(row["request"]).toMatch(/^\/orders\?id=7&access_token=\[masked sha256:[0-9a-f]{16}\]$/);
    expect(row["referrer"]).toBeUndefined();
    expect(raw).not.toContain("s3cret");
  });

  it("of Caddy", () => {
    const { row, raw } = requestOf({
      ts: 1_795_255_200.5,
      request: {
        ...{ client_ip: "203.0.113.9", method: "POST", host: "shop.example.org", uri: "/login" },
        headers: {
          "User-Agent": ["Mozilla/5.0"],
          Authorization: ["Bearer s3cret"],
          Referer: ["https://a/?key=s3cret"],
        },
      },
      user_id: "bob",
      ...{ duration: 0.5, size: 10, status: 403 },
    });
    expect(row).toMatchObject({
      ...{ time: "2026-11-21T10:00:00.000000Z", user: "bob", method: "POST", request: "/login" },
      ...{ status: 403, outcome: "denied", durationUs: 500_000, clientSoftware: "Mozilla/5.0" },
    });
    expect(raw).not.toContain("s3cret");
  });

  it("of Traefik", () => {
    const { row } = requestOf({
      ...{ StartUTC: "2026-11-21T10:00:00.123456789Z", Duration: 1_500_000, RequestMethod: "GET" },
      ...{ RequestPath: "/", RequestHost: "shop", DownstreamStatus: 502, DownstreamContentSize: 3 },
      ...{ ClientHost: "203.0.113.9", ClientUsername: "-" },
    });
    expect(row).toMatchObject({
      ...{ time: "2026-11-21T10:00:00.123456Z", user: "(unknown)", durationUs: 1500, outcome: "failure" },
      status: 502,
    });
  });

  it("of Envoy", () => {
    const { row } = requestOf({
      ...{
        start_time: "2026-11-21T10:00:00.123Z",
        method: "GET",
        path: "/x",
        response_code: 0,
        duration: 12,
      },
      ...{ downstream_remote_address: "[2001:db8::1]:4711", authority: "shop" },
    });
    expect(row).toMatchObject({ durationUs: 12_000, outcome: "failure", clientAddress: "2001:db8::1" });
  });

  it("tell sessions apart by a field, which is masked, else by person, client and day", () => {
    const named = requestOf({ ...nginx, session_id: "cookie-value" });
    expect(named.row["connectionRef"]).toMatch(/^session \[masked/);
    expect(named.raw).not.toContain("cookie-value");
    const own = requestOf({ ...nginx, visit: "v1" }, { sessionField: "visit", idField: "visit" });
    expect(own.row["connectionRef"]).toMatch(/^session \[masked/);
    const ref = requestOf(nginx).row["connectionRef"];
    expect(requestOf({ ...nginx, request_uri: "/other" }).row["connectionRef"]).toBe(ref);
    expect(requestOf({ ...nginx, remote_user: "bob" }).row["connectionRef"]).not.toBe(ref);
    expect(requestOf({ ...nginx, time_iso8601: "2026-11-22T11:00:01+01:00" }).row["connectionRef"]).not.toBe(
      ref,
    );
  });

  it.each([
    [{ ...nginx, time_iso8601: "yesterday" }, "the time is none that is known"],
    [{ ...nginx, request_uri: undefined }, "path: missing"],
    [{ ...nginx, remote_user: "x".repeat(2000) }, "user: has more than 1024 characters"],
    [{}, "time: missing"],
  ])("%j is kept aside with the reason", (record, reason) => {
    expect(rowsOf(record)?.mapped).toEqual({ rejected: expect.stringContaining(reason) });
  });

  it("refuse a body that is cut off", () => {
    const cut = JSON.stringify(nginx).slice(0, 40);
    expect(() => [...httpAccess.split(Buffer.from(`${JSON.stringify(nginx)}\n${cut}`), context)]).toThrow(
      BadBody,
    );
  });
});
