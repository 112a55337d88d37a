import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { operatorsOf, parseQuery } from "@/lib/logs/query.ts";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import type { Parameter, Ref } from "../operation.ts";
import { type Document, objectsIn, operationsOf, readDocument, resolve } from "./test-document.ts";

let document: Document;
let operations: ReturnType<typeof operationsOf>;
beforeAll(() => {
  process.env["NEXTAUTH_URL"] ??= "http://localhost:3000";
  Object.assign(process.env, { DATABASE_URL: "unused", DATA_DIR: "unused", NEXTAUTH_SECRET: "x".repeat(32) });
  const key = Buffer.alloc(32).toString("base64");
  Object.assign(process.env, { REDACTION_KEY: key, AUTHORITY_KEY: key, SEALING_KEY: key });
  document = readDocument();
  operations = operationsOf(document);
});

function parametersOf(parameters: readonly (Parameter | Ref)[] = []): Parameter[] {
  return parameters.map((given) => ("$ref" in given ? (resolve(document, given.$ref) as Parameter) : given));
}

describe("the OpenAPI document", () => {
  it("is of version 3.1 and describes something", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(operations.length).toBeGreaterThan(60);
  });

  it("has no reference that leads nowhere", () => {
    const refs = objectsIn(document).flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref] : []));
    expect(refs.length).toBeGreaterThan(500);
    expect(refs.filter((ref) => resolve(document, ref) === undefined)).toEqual([]);
  });

  it("has no component that nothing refers to", () => {
    const text = JSON.stringify(document);
    const names = ["schemas", "parameters", "responses"].flatMap((section) =>
      Object.keys(document.components[section] ?? {}).map((name) => `#/components/${section}/${name}`),
    );
    const unused = names.filter((name) => !text.includes(`"${name}"`));
    // Live events are text to OpenAPI 3.1; the schema of what they hold is named in words.
    expect(unused).toEqual([]);
  });

  it("names components as OpenAPI allows", () => {
    for (const section of Object.values(document.components)) {
      for (const name of Object.keys(section)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
    }
  });

  it("gives every operation an id of its own, a known tag, a success and known security", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    const schemes = Object.keys(document.components["securitySchemes"] ?? {});
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.tags.every((tag) => tags.has(tag))).toBe(true);
      expect(Object.keys(operation.responses).filter((status) => status.startsWith("2"))).toHaveLength(1);
      for (const requirement of operation.security) expect(schemes).toContain(Object.keys(requirement)[0]);
    }
  });

  it("declares the parameters of every path, and no parameter twice", () => {
    for (const { path: template, operation } of operations) {
      const parameters = parametersOf(operation.parameters);
      const inPath = parameters.filter((parameter) => parameter.in === "path");
      const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }) => name).sort()).toEqual(names.sort());
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      const keys = parameters.map(({ name, in: place }) => `${place} ${name.toLowerCase()}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("has schemas of JSON Schema 2020-12 that can be read", () => {
    const $defs = document.components["schemas"] ?? {};
    const text = JSON.stringify({ $defs }).replaceAll("#/components/schemas/", "#/$defs/");
    for (const name of Object.keys($defs)) {
      expect(() => z.fromJSONSchema({ $ref: `#/$defs/${name}`, ...JSON.parse(text) })).not.toThrow();
      expect($defs[name]).not.toHaveProperty("$id");
    }
  });
});

const slugs = Object.keys(logViews) as LogSlug[];

describe("paths and files of app/api/v1", () => {
  /** `/api/v1/logs/[log]/rows/[key]` for each route file. */
  function routes(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => path.basename(file) === "route.ts")
      .map((file) => `/${path.posix.join("api/v1", path.dirname(file))}`);
  }

  /** A path of the document as its route file is named; ingestion is served without one. */
  function routeOf(template: string): string {
    const log = template.replace(
      new RegExp(`^/api/v1/logs/(?:${slugs.join("|")})(?=/|$)`),
      "/api/v1/logs/{log}",
    );
    return log.replace(/\{(\w+)\}/g, "[$1]");
  }

  it("are the same", async () => {
    const described = new Map<string, Set<string>>();
    for (const { path: template, method } of operations) {
      const route = routeOf(template);
      described.set(route, (described.get(route) ?? new Set()).add(method.toUpperCase()));
    }
    const served = new Map<string, Set<string>>();
    for (const route of routes("app/api/v1")) {
      const handlers = (await import(`${process.cwd()}/app${route}/route.ts`)) as object;
      served.set(route, new Set(Object.keys(handlers).filter((name) => /^[A-Z]+$/.test(name))));
    }
    const ingestion = [...described.keys()].filter((route) => route.startsWith("/api/v1/ingest/"));
    for (const route of ingestion) described.delete(route);
    // Uploads, live streams and what sources ask about their connections are taken by the bare server too.
    described.get("/api/v1/recordings")?.delete("POST");
    for (const route of described.keys())
      if (/\/(?:streams|kills)(\/|$)|\/connections(\/\[id\]\/events)?$/.test(route)) described.delete(route);
    expect(described).toEqual(served);
  });

  it("name every log with all of its routes", () => {
    const below = routes("app/api/v1/logs").map((route) => route.replace("/api/v1", "/api/v1/logs"));
    for (const slug of slugs) {
      for (const route of below) {
        const template = route.replace("[log]", slug).replace(/\[(\w+)\]/g, "{$1}");
        expect(Object.keys(document.paths)).toContain(template);
      }
    }
  });
});

describe.each(slugs)("the parameters of %s", (slug) => {
  const view = logView(slug);
  const sample = ({ schema }: Parameter): string => {
    const items = (schema["type"] === "array" ? schema["items"] : schema) as { [keyword: string]: unknown };
    const [choice] = (items["enum"] ?? items["examples"] ?? []) as string[];
    if (choice !== undefined) return choice;
    if (items["format"] === "uuid") return "0193a4c2-8f3a-7c10-8a51-5be0a0d3c902";
    return items["type"] === "integer" ? "7" : "2026-11-21";
  };
  const documented = () => parametersOf(document.paths[`/api/v1/logs/${slug}`]?.get?.parameters);

  it("are understood", () => {
    for (const parameter of documented()) {
      const parsed = parseQuery(view, new URLSearchParams([[parameter.name, sample(parameter)]]));
      expect(parsed.errors, parameter.name).toBeUndefined();
    }
  });

  it("are all that its filters take", () => {
    const names = new Set(documented().map(({ name }) => name));
    for (const [name, filter] of Object.entries(view.filters)) {
      for (const suffix of ["", "!", "^", "!^", "~", "!~"]) {
        const understood = operatorsOf(filter).includes(
          suffix.endsWith("^") ? "prefix" : suffix.endsWith("~") ? "contains" : "is",
        );
        const wanted = filter.kind === "text" ? suffix === "" || suffix === "!" : understood;
        expect(names.has(`${name}${suffix}`), `${name}${suffix}`).toBe(wanted);
      }
    }
  });

  it("are refused when they are malformed as the document says", () => {
    for (const parameter of documented()) {
      const { items } = parameter.schema as { items?: { [keyword: string]: unknown } };
      if (!items?.["enum"] && !items?.["format"] && !items?.["pattern"]) continue;
      expect(parseQuery(view, new URLSearchParams([[parameter.name, "no such value"]])).errors).toHaveLength(
        1,
      );
    }
  });
});
