import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readJson } from "./body.ts";
import { Problem } from "./problem.ts";

const schema = z.strictObject({ name: z.string(), settings: z.record(z.string(), z.string()).optional() });

async function faultOf(body: string, type = "application/json"): Promise<Problem> {
  const request = new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": type },
  });
  try {
    await readJson(request, schema, 100_000);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("The body was taken");
}

describe("a JSON body", () => {
  it.each([
    ['{"name":"a\\u0000b"}', "name must not contain NUL"],
    ['{"name":"a\\ud800b"}', "name must not contain half of a surrogate pair"],
    [
      '{"name":"a","settings":{"cluster":"\\udc00"}}',
      "settings.cluster must not contain half of a surrogate pair",
    ],
    ['{"name":"a","settings":{"\\u0000":"x"}}', "settings holds a name that must not contain NUL"],
    ['{"name":"a"', "body is not JSON"],
    ["", "body is not JSON"],
    ['{"name":1}', "name: "],
    ['{"name":"a","more":1}', "body: "],
    [`{"name":${"[".repeat(40_000)}${"]".repeat(40_000)}}`, "name: "],
  ])("%j is a 400 that names the field", async (body, detail) => {
    const { status, detail: told } = await faultOf(body);
    expect(status).toBe(400);
    expect(told).toContain(detail);
  });

  it("of another type is a 415, a larger one a 413", async () => {
    expect((await faultOf("{}", "text/plain")).status).toBe(415);
    expect((await faultOf(`{"name":"${"x".repeat(100_000)}"}`)).status).toBe(413);
  });

  it("is taken with every text that can be stored", async () => {
    const name = "\u202e\u200b 🌍 \\ ' \"";
    const headers = { "content-type": "application/json; charset=utf-8" };
    const request = new Request("http://localhost/", {
      method: "POST",
      body: JSON.stringify({ name }),
      headers,
    });
    expect(await readJson(request, schema)).toEqual({ name });
  });
});
