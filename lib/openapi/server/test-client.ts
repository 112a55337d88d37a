import { expect } from "vitest";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { lines, type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import type { Answer, Schema } from "../operation.ts";
import { type Document, faults, readDocument, resolve } from "./test-document.ts";
import { records } from "./test-records.ts";

/** An installation with records in every log, whose answers are compared with the document. */
export type TestClient = {
  installation: TestInstallation;
  document: Document;
  native: TestSource;
  /** Calls the handler of a path of the document as the server would. */
  send: (template: string, call: Call) => Promise<Told>;
  /** Calls, and compares status, media type and body with the document. @returns the body */
  check: (template: string, call: Call, status?: number) => Promise<unknown>;
  /** The schema of an answer; a status or media type that the document does not have fails. */
  described: (template: string, method: string, told: Told) => Schema | undefined;
  remove: () => Promise<void>;
};

export async function testClient(): Promise<TestClient> {
  const installation = await testInstallation();
  const document = readDocument();
  const login = async (user: TestUser): Promise<string> => (await installation.login(user)).cookie;
  const cookies = {
    superuser: await login(await installation.addUser("superuser")),
    member: await login(await installation.addUser("member")),
  };
  const native = await testSource(installation.organizationId, "native");
  const stored = await native.post(lines(records));
  expect(stored).toEqual({ accepted: records.length, duplicates: 0, quarantined: 0, skipped: 0 });
  const send: TestClient["send"] = (template, call) => ask(template, call, cookies);
  return {
    installation,
    document,
    native,
    send,
    check: (template, call, status = 200) => compare(document, send, template, call, status),
    described: (template, method, told) => schemaOf(document, template, method, told),
    remove: async () => {
      // What was refused is written when its minute closes, by when the database is gone.
      await flushAnonymousFailures();
      await installation.remove();
    },
  };
}

export type Call = {
  method?: string;
  params?: { [name: string]: string };
  query?: string;
  /** A text is a CSV file, all else JSON. */
  body?: unknown;
  as?: "superuser" | "member" | "nobody";
};
export type Told = { status: number; type: string; text: string; headers: Headers };

async function ask(
  template: string,
  { method = "GET", params = {}, query = "", body, as = "superuser" }: Call,
  cookies: { [who: string]: string },
): Promise<Told> {
  const [, log] = /^\/api\/v1\/logs\/([\w-]+)/.exec(template) ?? [];
  const route = template.replace(/^(\/api\/v1\/logs\/)[\w-]+/, "$1{log}").replace(/\{(\w+)\}/g, "[$1]");
  const handlers = (await import(`${process.cwd()}/app${route}/route.ts`)) as {
    [method: string]: (request: Request, context: { params: Promise<object> }) => Promise<Response>;
  };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const request = new Request(`http://localhost:3000${path}${query}`, {
    method,
    headers: {
      ...(as !== "nobody" && { cookie: cookies[as] ?? "" }),
      ...(body !== undefined && {
        "content-type": typeof body === "string" ? "text/csv" : "application/json",
      }),
      "sec-fetch-site": "same-origin",
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const response = await handlers[method]?.(request, { params: Promise.resolve({ ...params, log }) });
  if (!response) throw new Error(`${route} has no ${method}`);
  const type = response.headers.get("content-type") ?? "";
  // Live events have no end.
  if (type === "text/event-stream") await response.body?.cancel();
  return {
    status: response.status,
    type,
    headers: response.headers,
    text: response.bodyUsed ? "" : await response.text(),
  };
}

function schemaOf(
  document: Document,
  template: string,
  method: string,
  { status, type }: Told,
): Schema | undefined {
  const operation = document.paths[template]?.[method.toLowerCase() as "get"];
  const given = operation?.responses[status];
  expect(given, `${method} ${template} ${status}`).toBeDefined();
  const answer = (given && "$ref" in given ? resolve(document, given.$ref) : given) as Answer;
  if (type === "") return undefined;
  const media = type.split(";", 1)[0] ?? "";
  expect(Object.keys(answer.content ?? {}), `${method} ${template} ${status}`).toContain(media);
  return answer.content?.[media]?.schema;
}

async function compare(
  document: Document,
  send: TestClient["send"],
  template: string,
  given: Call,
  status: number,
): Promise<unknown> {
  const method = given.method ?? "GET";
  if (given.body !== undefined && status < 400) {
    const { content } = document.paths[template]?.[method.toLowerCase() as "post"]?.requestBody ?? {};
    expect(faults(document, content?.["application/json"]?.schema ?? {}, given.body)).toEqual([]);
  }
  const told = await send(template, given);
  expect(told.status, told.text).toBe(status);
  const schema = schemaOf(document, template, method, told);
  if (!schema || !told.type.includes("json") || told.type.includes("ndjson")) return told.text;
  const body: unknown = JSON.parse(told.text);
  expect(faults(document, schema, body)).toEqual([]);
  return body;
}
