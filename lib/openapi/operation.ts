import { STATUS_CODES } from "node:http";
import { type Permission, tokenScopes } from "@/lib/auth/roles.ts";

export type Schema = { readonly [keyword: string]: unknown };
export type Ref = { $ref: string };

export type Parameter = {
  name: string;
  in: "query" | "path" | "header";
  description: string;
  required?: true;
  style?: string;
  explode?: boolean;
  schema: Schema;
};

export type Content = { [mediaType: string]: { schema: Schema } };
export type Answer = { description: string; headers?: { [name: string]: unknown }; content?: Content };

export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: (Parameter | Ref)[];
  requestBody?: { required: true; description?: string; content: Content };
  responses: { [status: string]: Answer | Ref };
  security: { [scheme: string]: string[] }[];
};

export type Method = "get" | "post" | "put" | "patch" | "delete";
export type Paths = { [path: string]: { [method in Method]?: Operation } };

/** A reference to a schema of `components`. */
export function schemaRef(name: string): Ref {
  return { $ref: `#/components/schemas/${name}` };
}

export function json(schema: Schema): Content {
  return { "application/json": { schema } };
}

/** Errors that `components.responses` describes; every operation may also end with 500 and 503. */
export const errorMeanings = {
  400: "A parameter or a field is unknown or malformed; `errors` names each.",
  401: "Nobody is known by what the request carries.",
  403: "The caller may not do this.",
  404: "There is no such thing, or the caller may not know of it.",
  409: "What was asked for does not go with the state of things.",
  410: "It was deleted; the answer says by whom and why.",
  413: "The body is larger than it may be.",
  415: "The body is of another media type or encoding.",
  422: "A field is malformed; `details` names each.",
  429: "Too much at once: come back after `Retry-After` seconds.",
  500: "Something went wrong inside Daybook; its log has it under `requestId`.",
  503: "The database cannot be reached or extended at the moment: come back after `Retry-After` seconds.",
} as const;

export type ErrorStatus = keyof typeof errorMeanings;

export function errorResponses(): { [name: string]: Answer } {
  return Object.fromEntries(
    Object.entries(errorMeanings).map(([status, description]) => [
      errorName(Number(status)),
      { description, content: { "application/problem+json": { schema: schemaRef("Problem") } } },
    ]),
  );
}

function errorName(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).replaceAll(" ", "");
}

type Wish = {
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** What the caller must be allowed to do; without it, everybody who is known may. */
  permission?: Permission;
  parameters?: (Parameter | Ref)[];
  body?: Schema;
  answers: { [status: number]: Answer };
  errors?: readonly ErrorStatus[];
};

/** An operation for people and tokens. */
export function operation({
  id,
  tag,
  summary,
  permission,
  parameters,
  body,
  answers,
  errors = [],
  ...more
}: Wish): Operation {
  const all = new Set<ErrorStatus>([
    ...errors,
    401,
    500,
    503,
    ...(permission ? [403 as const] : []),
    ...(body ? bodyErrors : []),
  ]);
  const needs = permission === undefined ? undefined : `Needs the permission \`${permission}\`.`;
  const description = [more.description, needs].filter((part) => part !== undefined).join(" ");
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== "" && { description }),
    ...(parameters && parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: { ...answers, ...errorRefs(all) },
    security: securityOf(permission),
  };
}

const bodyErrors = [400, 403, 413, 415] as const;

export function errorRefs(statuses: Iterable<ErrorStatus>): { [status: string]: Ref } {
  return Object.fromEntries(
    [...statuses]
      .sort((a, b) => a - b)
      .map((status) => [status, { $ref: `#/components/responses/${errorName(status)}` }]),
  );
}

/** A token can be given some permissions only; what takes another is for people who are signed in. */
function securityOf(permission: Permission | undefined): Operation["security"] {
  const session = { session: [] };
  const forTokens = permission === undefined || tokenScopes.some((scope) => scope === permission);
  const roles = permission === undefined ? [] : [permission];
  return forTokens ? [{ token: roles }, { accessToken: roles }, session] : [session];
}

/** A parameter of the path. */
export function pathParameter(
  name: string,
  description: string,
  schema: Schema = { type: "string", format: "uuid" },
): Parameter {
  return { name, in: "path", required: true, description, schema };
}

export function queryParameter(name: string, description: string, schema: Schema): Parameter {
  return { name, in: "query", description, schema };
}
