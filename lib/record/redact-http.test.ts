import { expect, it } from "vitest";
import { processorMs } from "@/lib/test-time.ts";
import { redactUrl } from "./redact-http.ts";

const mask = (secret: Uint8Array | string): string => `[masked ${String(secret).length}]`;

it.each([
  ["/orders?id=7&access_token=abc", "/orders?id=7&access_token=[masked 3]"],
  ["/a;jsessionid=abc", "/a;jsessionid=[masked 3]"],
  ["/in?next=/cb?token=abc&x=1", "/in?next=/cb?token=[masked 3]&x=1"],
  ["/in?next=%2Fcb%3Fcode%3Dabc%26x%3D1&y=2", "/in?next=%2Fcb%3Fcode%3D[masked 3]%26x%3D1&y=2"],
  ["/in?next=%2Fcb%3Fx%3D1%26code%3Dabc", "/in?next=%2Fcb%3Fx%3D1%26code%3D[masked 3]"],
  ["https://ann:abc@host/", "https://ann:[masked 3]@host/"],
  ["https://ann:a:b@host/", "https://ann:[masked 3]@host/"],
  ["/a?token=[masked sha256:0123456789abcdef]&x=1", "/a?token=[masked sha256:0123456789abcdef]&x=1"],
  ["/a?token=[masked&x=1", "/a?token=[masked 7]&x=1"],
  ["/search?q=token%20of%20thanks", "/search?q=token%20of%20thanks"],
  ["/search?q=what%3F&n=1", "/search?q=what%3F&n=1"],
])("masks %s", (url, masked) => {
  expect(redactUrl(url, mask)).toBe(masked);
});

it.each(["?token", "%3F", "?a=", "%3Fa%3D", "://a:", `a://${":".repeat(1280)}`])(
  "a megabyte of %j takes no time",
  (part) => {
    const started = processorMs();
    redactUrl(part.repeat(Math.ceil(1_000_000 / part.length)), mask);
    expect(processorMs() - started).toBeLessThan(15_000);
  },
);
