import "server-only";
import SCIMMY from "scimmy";
import { env } from "@/lib/env.ts";
import { readText } from "@/lib/http/body.ts";
import { Problem, problemResponse } from "@/lib/http/problem.ts";
import { type RequestFacts, requestFacts, resourceOf } from "@/lib/http/request-facts.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { providerName } from "@/lib/sso/server/actor.ts";
import type { Provider } from "@/lib/sso/server/providers.ts";
import { providerOfToken } from "@/lib/sso/server/scim-token.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import { outcomeOf } from "@/lib/user-events/server/event.ts";
import { recordUserEvent } from "@/lib/user-events/server/record.ts";
import { inTurn } from "./context.ts";
import { Failures, notThere, scimFault } from "./errors.ts";
import { inLowerCase, inStandardForm, refuseInherited, withoutQuotes } from "./request.ts";
import { declareResources, type Told } from "./resources.ts";

/** Bytes of a request, and resources of a list. */
const bodyLimit = 1024 * 1024;
const mostPerPage = 200;
const defaultPerPage = 100;
/** Characters of a filter. */
const filterLength = 1000;

const contentType = "application/scim+json";

/**
 * Answers one SCIM request (RFC 7644) under the token of a provider, and records it before the answer leaves.
 * @param path below /scim/v2
 */
export async function serveScim(request: Request, path: readonly string[]): Promise<Response> {
  const started = { time: nowInstant(), clock: performance.now() };
  const facts = requestFacts(request.headers);
  const resource = resourceOf(request.url);
  const action = `scim.${(path[0] ?? "").toLowerCase().slice(0, 40)}.${request.method.toLowerCase()}`;
  try {
    const provider = await providerOfToken(bearer(request.headers));
    if (!provider) {
      countAnonymousFailure({ action: "scim", resource, status: 401, address: facts.address });
      return refuse(
        scimFault(401, "The provisioning token is not valid: unknown, revoked, or its provider is off."),
      );
    }
    const response = await answer(request, path, provider, facts);
    const { status } = response;
    await recordUserEvent({
      organizationId: provider.organizationId,
      time: started.time,
      user: providerName(provider),
      actorType: "system",
      actorId: provider.id,
      actorName: provider.name,
      action,
      resource,
      outcome: outcomeOf(status),
      status,
      ...(facts.address === "" ? {} : { clientAddress: facts.address }),
      ...(facts.userAgent === "" ? {} : { userAgent: facts.userAgent }),
      durationUs: Math.round((performance.now() - started.clock) * 1000),
      requestId: facts.requestId,
      count: 1,
    });
    return response;
  } catch (error) {
    return failed(error, facts);
  }
}

function bearer(headers: Headers): string {
  const [, token = ""] = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
  return token;
}

async function answer(
  request: Request,
  path: readonly string[],
  provider: Provider,
  facts: RequestFacts,
): Promise<Response> {
  const failures = new Failures();
  const told: Told = { provider, requestId: facts.requestId, failures };
  try {
    if (request.method === "GET") return await route(request, path, told, undefined);
    const body = request.method === "DELETE" ? undefined : await readBody(request);
    return await inTurn(provider.id, () => route(request, path, told, body));
  } catch (error) {
    if (failures.failure !== undefined) return failed(failures.failure, facts);
    if (error instanceof SCIMMY.Types.Error) return refuse(error);
    // What the library cannot make sense of is a fault of what was sent.
    if (error instanceof TypeError && !(error instanceof Problem))
      return refuse(scimFault(400, error.message, "invalidValue"));
    return failed(error, facts);
  }
}

async function route(
  request: Request,
  [name = "", id, ...more]: readonly string[],
  told: Told,
  body: object | undefined,
): Promise<Response> {
  const resources = declareResources();
  const { method } = request;
  // The library puts ids into filters as they are.
  if (id !== undefined && !/^[\w:.-]+$/.test(id)) throw notThere();
  for (const value of new URL(request.url).searchParams.values()) refuseInherited(value);
  const Kind = { Users: resources.User, Groups: resources.Group }[name];
  if (Kind && more.length === 0) {
    if (method === "GET" && id === undefined) return json(await list(Kind, listQuery(request), told));
    const resource = new Kind(id, attributesOf(request));
    if (method === "GET") return json(await resource.read(told));
    if (method === "POST" && id === undefined) return json(await resource.write(Object(body), told), 201);
    if (method === "PUT" && id !== undefined) return json(await resource.write(Object(body), told));
    if (method === "PATCH" && id !== undefined) {
      // What the answer leaves out must not be left out of what is changed.
      await patch(new Kind(id), Object(body), told);
      return json(await resource.read(told));
    }
    if (method === "DELETE" && id !== undefined) {
      await resource.dispose(told);
      return new Response(null, { status: 204 });
    }
    throw scimFault(501, `${method} is not what this path takes.`);
  }
  if (method === "GET" && more.length === 0) {
    if (name === "ServiceProviderConfig" && id === undefined)
      return json(await new resources.ServiceProviderConfig().read());
    if (name === "Schemas") return json(await new resources.Schema(...given(id)).read());
    if (name === "ResourceTypes") return json(await new resources.ResourceType(...given(id)).read());
  }
  throw scimFault(404, "There is nothing at this path.");
}

/** A page of what there is. The library, which would have it all and cut the page out, is given the page alone. */
async function list(
  Kind: typeof SCIMMY.Resources.User | typeof SCIMMY.Resources.Group,
  { page, ...query }: ReturnType<typeof listQuery>,
  told: Told,
): Promise<object> {
  const paged: Told = { ...told, page };
  const found = await new Kind(undefined, { count: page.count, ...query }).read(paged);
  return { ...found, startIndex: page.startIndex, totalResults: paged.total };
}

type Resource = InstanceType<typeof SCIMMY.Resources.User> | InstanceType<typeof SCIMMY.Resources.Group>;
type PatchMessage = Parameters<Resource["patch"]>[0];

/** The library checks the message. Where all that should change is not kept, nothing does. */
async function patch(resource: Resource, body: object, told: Told): Promise<void> {
  const nothingLeft = "Operations" in body && Array.isArray(body.Operations) && body.Operations.length === 0;
  if (!nothingLeft) await resource.patch(body as PatchMessage, { ...told, patches: true });
}

function given(id: string | undefined): [] | [string] {
  return id === undefined ? [] : [id];
}

function listQuery(request: Request) {
  const { searchParams } = new URL(request.url);
  const filter = searchParams.get("filter");
  const sortBy = searchParams.get("sortBy");
  if (filter !== null && filter.length > filterLength)
    throw scimFault(400, `filter: at most ${filterLength} characters.`, "invalidFilter");
  return {
    ...attributesOf(request),
    page: {
      startIndex: number(searchParams, "startIndex", 1, 1, Number.MAX_SAFE_INTEGER),
      count: number(searchParams, "count", defaultPerPage, 0, mostPerPage),
      ...(sortBy !== null && {
        sort: { by: sortBy, descending: searchParams.get("sortOrder") === "descending" },
      }),
    },
    ...(filter !== null && { filter: inLowerCase(withoutQuotes(filter)) }),
  };
}

function attributesOf(request: Request) {
  const { searchParams } = new URL(request.url);
  const names = ["attributes", "excludedAttributes"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = searchParams.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** RFC 7644, section 3.4.2.4: what is below the least counts as the least. */
function number(
  query: URLSearchParams,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const value = query.get(name);
  if (value === null) return otherwise;
  if (!/^-?\d{1,15}$/.test(value)) throw scimFault(400, `${name} must be a whole number.`, "invalidValue");
  return Math.min(Math.max(Number(value), least), most);
}

async function readBody(request: Request): Promise<object> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== contentType && type !== "application/json")
    throw scimFault(400, `The body must be ${contentType}.`, "invalidSyntax");
  let body: unknown;
  try {
    body = JSON.parse(await readText(request, bodyLimit));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw scimFault(400, "The body is not JSON.", "invalidSyntax");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw scimFault(400, "The body must be one object.", "invalidSyntax");
  return Object(inStandardForm(body));
}

function json(body: object, status = 200): Response {
  // Locations are whole addresses: they are those that the provider was given.
  const origin = new URL(env().NEXTAUTH_URL).origin;
  const text = JSON.stringify(body, (name, value: unknown) =>
    name === "location" && typeof value === "string" && value.startsWith("/") ? origin + value : value,
  );
  return new Response(text, {
    status,
    headers: { "content-type": contentType, "cache-control": "no-store" },
  });
}

function refuse(error: Error): Response {
  const message = new SCIMMY.Messages.ErrorResponse(error);
  const status = Number(message.status);
  const response = json({ ...message }, status);
  if (status === 401) response.headers.set("www-authenticate", 'Bearer realm="Daybook"');
  return response;
}

/** What is no fault of the request: logged in full, and answered without its text. */
function failed(error: unknown, { requestId }: RequestFacts): Response {
  const { status } = problemResponse(error, requestId);
  const known = error instanceof Problem ? error.detail : `Daybook could not do it. Request id ${requestId}.`;
  return json(
    { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: String(status), detail: known },
    status,
  );
}
