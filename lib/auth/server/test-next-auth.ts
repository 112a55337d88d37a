import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import type { NextRequest } from "next/server";
import { serveNextAuth } from "./sign-in-route.ts";

export const origin = "http://localhost:3000";

/** next-auth asks Next for the request under way; there is no Next around these tests. */
const underWay = new AsyncLocalStorage<Headers>();
const require = createRequire(import.meta.url);
const nextHeaders = require.resolve("next/headers");
require.cache[nextHeaders] = Object.assign(new (require("node:module"))(nextHeaders), {
  loaded: true,
  exports: {
    headers: async () => underWay.getStore(),
    cookies: async () => ({
      getAll: () =>
        (underWay.getStore()?.get("cookie") ?? "").split("; ").map((cookie) => {
          const [name = "", value = ""] = cookie.split(/=(.*)/s);
          return { name, value: decodeURIComponent(value) };
        }),
    }),
  },
});

/** What next-auth's part answers to a request below /api/auth. */
export function answerOf(request: NextRequest): Promise<Response> {
  const nextauth = request.nextUrl.pathname.split("/").slice(3);
  return underWay.run(request.headers, () =>
    serveNextAuth(request, { params: Promise.resolve({ nextauth }) }),
  );
}
