import { describe, expect, it, vi } from "vitest";
import { badRequest, Problem, problemResponse } from "./problem.ts";

const logged = vi.hoisted(() => vi.fn());
vi.mock("@/lib/log.ts", () => ({ log: () => ({ error: logged }) }));

async function answer(error: unknown) {
  const response = problemResponse(error, "request-7");
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("problem documents", () => {
  it("say what is wrong with which parameter", async () => {
    const { status, headers, body } = await answer(badRequest([{ parameter: "from", reason: "is no time" }]));
    expect(status).toBe(400);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: "from is no time.",
      errors: [{ parameter: "from", reason: "is no time" }],
      requestId: "request-7",
    });
  });

  it("carry the headers of their problem", async () => {
    const { headers } = await answer(new Problem(429, "Too many.", { headers: { "retry-after": "3" } }));
    expect(headers.get("retry-after")).toBe("3");
  });

  it("keep the text of any other error for the log", async () => {
    const error = new Error("password=hunter2");
    const { status, body } = await answer(error);
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("hunter2");
    expect(body.detail).toContain("request-7");
    expect(logged).toHaveBeenCalledWith({ err: error, requestId: "request-7" }, "request failed");
  });

  it.each(["53100", "53300", "57P01", "ECONNREFUSED", "08006"])(
    "say that %s passes, and when to come back",
    async (code) => {
      const { status, headers } = await answer(Object.assign(new Error("x"), { code }));
      expect(status).toBe(503);
      expect(headers.get("retry-after")).toBe("5");
    },
  );

  it("do not take a thrown value that is no error for one", async () => {
    expect((await answer("boom")).status).toBe(500);
    expect((await answer(null)).status).toBe(500);
  });
});
