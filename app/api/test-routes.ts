import { readdirSync } from "node:fs";
import path from "node:path";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof methods)[number];

type Handler = (request: Request, context: { params: Promise<unknown> }) => Response | Promise<Response>;

/** One method of one route under app/api: `/api/v1/logs/[log]/rows/[key]`. */
export type Endpoint = { name: string; method: Method; route: string; handler: Handler };

/** What a request is made of. Names in brackets of the route are filled in from `params`. */
export type Asked = {
  params?: { [name: string]: string };
  query?: string | { [name: string]: string };
  body?: unknown;
  headers?: { [name: string]: string };
  /** Without the word of a browser that the request comes from a page of Daybook. */
  plain?: boolean;
};

export type Told = { status: number; headers: { [name: string]: string }; text: string };

const folder = path.join(process.cwd(), "app/api");

/** Every method that a route file under app/api exports, found by looking: a new one is in every walk. */
export async function endpoints(): Promise<Endpoint[]> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(^|\/)route\.tsx?$/.test(file),
  );
  const found = await Promise.all(
    files.map(async (file) => {
      const handlers = (await import(path.join(folder, file))) as { [name: string]: Handler };
      const route = `/api/${path.dirname(file)}`;
      return methods.flatMap((method) => {
        const handler = handlers[method];
        return handler ? [{ name: `${method} ${route}`, method, route, handler }] : [];
      });
    }),
  );
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One of them, by method and route. @throws Error where there is none */
export function endpointNamed(endpoints: readonly Endpoint[], name: string): Endpoint {
  const endpoint = endpoints.find((one) => one.name === name);
  if (!endpoint) throw new Error(`There is no ${name}`);
  return endpoint;
}

/** The path of a request. Catch-alls are filled in whole. */
export function pathOf(route: string, { params = {}, query = "" }: Asked): string {
  const place = route.replace(/\[(?:\.\.\.)?(\w+)\]/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const search = typeof query === "string" ? query : `${new URLSearchParams(query)}`;
  return search === "" ? place : `${place}?${search}`;
}

/** A request as a page of Daybook sends it, unless `headers` say otherwise. */
export function requestTo({ method, route }: Endpoint, asked: Asked): Request {
  const { body, headers = {}, plain = false } = asked;
  return new Request(`http://localhost:3000${pathOf(route, asked)}`, {
    method,
    headers: {
      ...(!plain && { "sec-fetch-site": "same-origin" }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

/** Calls a handler as Next would. A stream of events is ended at once; its head alone is told. */
export async function ask(endpoint: Endpoint, asked: Asked = {}): Promise<Told> {
  const { params = {} } = asked;
  const values = Object.entries(params).map(([name, value]) => {
    return [name, endpoint.route.includes(`[...${name}]`) ? value.split("/") : value] as const;
  });
  const response = await endpoint.handler(requestTo(endpoint, asked), {
    params: Promise.resolve(Object.fromEntries(values)),
  });
  const headers = Object.fromEntries(response.headers);
  if (headers["content-type"] === "text/event-stream") {
    await response.body?.cancel();
    return { status: response.status, headers, text: "" };
  }
  return { status: response.status, headers, text: await response.text() };
}

/** Opens a stream of events and reads it until `enough` of it has come. @returns all that came */
export async function follow(
  endpoint: Endpoint,
  asked: Asked,
  enough: (text: string) => boolean,
): Promise<string> {
  const params = Promise.resolve(asked.params ?? {});
  const response = await endpoint.handler(requestTo(endpoint, asked), { params });
  const reader = response.body?.getReader();
  let text = "";
  while (reader && !enough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString("utf8");
  }
  await reader?.cancel();
  return text;
}
