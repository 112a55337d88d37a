import { describe, expect, test } from "vitest";
import { clientAddress, requestOrigin, trustedProxies } from "@/bin/request-origin.mjs";

const isTrusted = trustedProxies(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);

describe("the client's address", () => {
  test.each([
    ["no proxy: the peer, whatever it claims", "203.0.113.7", "198.51.100.1", "203.0.113.7"],
    ["one proxy: what it appended", "127.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["what the client put before it does not count", "127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["two proxies", "127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7"],
    ["a client that is a proxy's neighbour", "127.0.0.1", "10.9.9.9", "10.9.9.9"],
    [
      "nonsense stops the walk at the last known hop",
      "127.0.0.1",
      "198.51.100.1, unknown, 10.1.2.3",
      "10.1.2.3",
    ],
    ["no header", "10.0.0.1", undefined, "10.0.0.1"],
    ["an empty header", "10.0.0.1", "", "10.0.0.1"],
    ["IPv4 inside IPv6", "::ffff:127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"],
    ["with a port", "127.0.0.1", "203.0.113.7:5123", "203.0.113.7"],
    ["IPv6 in brackets with a port", "fd12::1", "[2001:DB8::5]:443", "2001:db8::5"],
    ["a zone", "fe80::1%eth0", undefined, "fe80::1"],
  ])("%s", (_, peer, forwardedFor, expected) => {
    expect(clientAddress(peer, forwardedFor, isTrusted)).toBe(expected);
  });
});

describe("headers of a request", () => {
  const claims = () => ({
    host: "daybook.example.com",
    "x-daybook-address": "1.1.1.1",
    "x-daybook-role": "superuser",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-host": "evil.example.com",
    "x-forwarded-proto": "https",
    "x-real-ip": "1.1.1.1",
    forwarded: "for=1.1.1.1",
    "x-request-id": "3f2b8c1e-request",
  });
  const direct = { encrypted: false, publicUrl: undefined };

  test("a client may not speak for us or for a proxy", () => {
    const headers = claims();
    const origin = requestOrigin(headers, { peer: "203.0.113.9", ...direct }, isTrusted);
    expect(headers).toEqual({ host: "daybook.example.com", "x-request-id": "3f2b8c1e-request" });
    expect(origin).toMatchObject({ address: "203.0.113.9", secure: false });
    expect(origin.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a proxy may say where the request came from and what it is called, not who we are", () => {
    const headers = claims();
    const origin = requestOrigin(headers, { peer: "127.0.0.1", ...direct }, isTrusted);
    expect(origin).toEqual({ address: "203.0.113.7", secure: true, requestId: "3f2b8c1e-request" });
    expect(headers).not.toHaveProperty("x-daybook-role");
    expect(headers["x-forwarded-host"]).toBe("evil.example.com");
  });

  test("a proxy's malformed request id is replaced", () => {
    const headers = { "x-request-id": 'a"b\ninjected' };
    expect(requestOrigin(headers, { peer: "127.0.0.1", ...direct }, isTrusted).requestId).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  test("a proxy that names no host is reached under PUBLIC_URL", () => {
    const headers: Record<string, string> = {};
    requestOrigin(
      headers,
      { peer: "127.0.0.1", encrypted: false, publicUrl: "https://audit.example.com" },
      isTrusted,
    );
    expect(headers).toEqual({ "x-forwarded-host": "audit.example.com", "x-forwarded-proto": "https" });
  });
});
