import { badRequest, notFound, Problem } from "./problem.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Every route below /api that Next serves, with its methods: Next itself answers what is not there with a page,
 * and a wrong method with nothing at all. A test holds this list against the files under app/api.
 */
export const apiRoutes: { readonly [route: string]: readonly Method[] } = {
  "/api/auth/[...nextauth]": ["GET", "POST"],
  "/api/auth/activate": ["POST"],
  "/api/auth/forgot-password": ["POST"],
  "/api/auth/reset-password": ["POST"],
  "/api/auth/sign-out": ["POST"],
  "/api/health": ["GET"],
  "/api/ready": ["GET"],
  "/api/v1/access": ["GET"],
  "/api/v1/audit-log/import": ["POST"],
  "/api/v1/connections/[id]/shares": ["GET", "POST"],
  "/api/v1/connections/[id]/shares/[share]": ["DELETE"],
  "/api/v1/deployment-tokens": ["GET", "POST"],
  "/api/v1/deployment-tokens/[id]": ["DELETE"],
  "/api/v1/devices": ["GET", "POST"],
  "/api/v1/devices/[id]": ["DELETE"],
  "/api/v1/exports/[id]": ["GET", "DELETE"],
  "/api/v1/groups": ["GET", "POST"],
  "/api/v1/groups/[id]": ["GET", "PATCH", "DELETE"],
  "/api/v1/groups/[id]/members": ["POST"],
  "/api/v1/groups/[id]/members/[user]": ["DELETE"],
  "/api/v1/identity-providers": ["GET", "POST"],
  "/api/v1/identity-providers/[id]": ["GET", "PUT", "DELETE"],
  "/api/v1/identity-providers/[id]/provisioning-token": ["POST", "DELETE"],
  "/api/v1/identity-providers/test": ["POST"],
  "/api/v1/logs/[log]": ["GET"],
  "/api/v1/logs/[log]/export": ["GET"],
  "/api/v1/logs/[log]/histogram": ["GET"],
  "/api/v1/logs/[log]/live": ["GET"],
  "/api/v1/logs/[log]/rows/[key]": ["GET"],
  "/api/v1/logs/[log]/values": ["GET"],
  "/api/v1/me": ["GET"],
  "/api/v1/me/recovery-codes": ["POST"],
  "/api/v1/me/second-factor": ["GET", "POST", "PUT"],
  "/api/v1/me/second-factor/removal": ["POST"],
  "/api/v1/me/sessions": ["GET", "DELETE"],
  "/api/v1/me/sessions/[id]": ["DELETE"],
  "/api/v1/openapi.json": ["GET"],
  "/api/v1/pair": ["POST"],
  "/api/v1/recordings": ["GET"],
  "/api/v1/recordings/[id]": ["GET", "DELETE"],
  "/api/v1/recordings/[id]/cast": ["GET"],
  "/api/v1/recordings/[id]/end": ["POST"],
  "/api/v1/recordings/[id]/hold": ["POST", "DELETE"],
  "/api/v1/recordings/[id]/live": ["GET"],
  "/api/v1/recordings/[id]/original": ["GET"],
  "/api/v1/recordings/[id]/playback": ["GET"],
  "/api/v1/recordings/[id]/player-index": ["GET"],
  "/api/v1/recordings/[id]/screen": ["GET"],
  "/api/v1/recordings/[id]/segments/[segment]": ["GET"],
  "/api/v1/recordings/[id]/text": ["GET"],
  "/api/v1/recordings/live": ["GET"],
  "/api/v1/recordings/archive": ["GET"],
  "/api/v1/recordings/people": ["GET"],
  "/api/v1/recordings/search": ["GET"],
  "/api/v1/retention": ["GET", "PATCH"],
  "/api/v1/saved-views": ["GET", "POST"],
  "/api/v1/saved-views/[id]": ["DELETE"],
  "/api/v1/session/[socket]/[id]": ["GET", "PUT"],
  "/api/v1/session/[socket]/[id]/session_log": ["GET"],
  "/api/v1/sessions": ["GET"],
  "/api/v1/sessions/[id]": ["GET", "PUT"],
  "/api/v1/sign-in-policy": ["GET", "PUT"],
  "/api/v1/sources": ["GET", "POST"],
  "/api/v1/sources/[id]": ["PATCH"],
  "/api/v1/sources/[id]/certificates": ["GET", "POST"],
  "/api/v1/sources/[id]/certificates/[certificate]": ["POST", "DELETE"],
  "/api/v1/sources/[id]/quarantine": ["GET"],
  "/api/v1/sources/[id]/quarantine/[record]": ["POST"],
  "/api/v1/sources/[id]/token": ["POST"],
  "/api/v1/sources/live": ["GET"],
  "/api/v1/spaces": ["GET"],
  "/api/v1/spaces/[id]": ["PATCH"],
  "/api/v1/targets": ["GET"],
  "/api/v1/targets/[id]": ["PATCH", "DELETE"],
  "/api/v1/tokens": ["GET", "POST"],
  "/api/v1/tokens/[id]": ["DELETE"],
  "/api/v1/users": ["GET", "POST"],
  "/api/v1/users/[id]": ["GET", "PATCH", "DELETE"],
  "/api/v1/users/[id]/invitation": ["POST"],
  "/api/v1/users/[id]/scope": ["PUT"],
  "/api/v1/users/[id]/lock": ["DELETE"],
  "/api/v1/users/[id]/second-factor": ["DELETE"],
  "/api/v1/users/[id]/sessions": ["DELETE"],
  "/api/v1/workflows": ["GET"],
};

/** Routes without a choice first, as Next takes them: /sources/live is no source's. */
const patterns = Object.entries(apiRoutes)
  .sort(([a], [b]) => a.split("[").length - b.split("[").length)
  .map(([route, methods]) => ({
    matches: new RegExp(`^${route.replace(/\[\.{3}\w+\]/, ".+").replace(/\[\w+\]/g, "[^/]+")}$`),
    methods: methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])),
  }));

/**
 * Why a request below /api cannot be answered: 400 or 404 for a path that is none, 405 with `Allow` for a method that
 * the path does not take. Undefined when it can, or when Next redirects to the path in its proper form.
 */
export function apiFault(pathname: string, method: string): Problem | undefined {
  if (/\/$|\/\//.test(pathname)) return undefined;
  if (!isEncoded(pathname))
    return badRequest([{ parameter: "path", reason: "is not percent-encoded UTF-8" }]);
  const route = patterns.find(({ matches }) => matches.test(pathname));
  if (!route) return notFound("There is nothing at this path. /api/v1/openapi.json describes the API.");
  if (method === "OPTIONS" || route.methods.includes(method)) return undefined;
  const allow = route.methods.join(", ");
  return new Problem(405, `This path takes ${allow}, not ${method}.`, { headers: { allow } });
}

function isEncoded(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}
