import "server-only";
import { cookieName } from "@/lib/auth/server/session-cookie.ts";
import { logView } from "@/lib/logs/views.ts";
import packageJson from "@/package.json" with { type: "json" };
import { errorResponses, type Paths } from "../operation.ts";
import { controlParameters, filterParameters } from "../parameters.ts";
import { accessPaths } from "./access-paths.ts";
import { auditPaths } from "./audit-paths.ts";
import { componentSchemas, logSlugs } from "./components.ts";
import { deploymentPaths } from "./deployment-paths.ts";
import { ingestPaths } from "./ingest-paths.ts";
import { logPaths } from "./log-paths.ts";
import { providerPaths } from "./provider-paths.ts";
import { recordingPaths } from "./recording-paths.ts";
import { personalPaths, sourcePaths } from "./resource-paths.ts";
import { retentionPaths } from "./retention-paths.ts";
import { sessionPaths } from "./session-paths.ts";
import { sharePaths } from "./share-paths.ts";
import { signInPaths } from "./sign-in-paths.ts";
import { userPaths } from "./user-paths.ts";

/** The API as an OpenAPI 3.1 document, from the same definitions as tables, filters, exports and ingestion. */
export function openApiDocument() {
  return {
    openapi: "3.1.1",
    info: {
      title: "Daybook",
      version: packageJson.version,
      summary: packageJson.description,
      description:
        "Times are UTC with microseconds. Errors are problem documents after RFC 9457. Every request is recorded as a user event.",
    },
    servers: [{ url: "/" }],
    tags: [
      "Logs",
      "Exports",
      "Saved views",
      "Session recordings",
      "Sessions",
      "Ingestion",
      "Sources",
      "Targets and spaces",
      "Audit log",
      "Retention",
      "Users",
      "Groups and access",
      "Identity providers",
      "API tokens",
      "Signing in",
      "Caller",
      "Description",
    ].map((name) => ({ name })),
    paths: {
      ...logPaths(),
      ...personalPaths(),
      ...sourcePaths(),
      ...deploymentPaths(),
      ...recordingPaths(),
      ...auditPaths(),
      ...retentionPaths(),
      ...sharePaths(),
      ...userPaths(),
      ...accessPaths(),
      ...providerPaths(),
      ...sessionPaths(),
      ...signInPaths(),
      ...ingestPaths(),
      ...ownPath,
    },
    components: {
      schemas: componentSchemas(),
      parameters: Object.assign(
        controlParameters(),
        ...logSlugs.map((slug) => filterParameters(logView(slug))),
      ),
      responses: errorResponses(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token, `dbk_…`." },
        accessToken: {
          type: "apiKey",
          in: "header",
          name: "x-access-token",
          description: "An API token, `dbk_…`.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: cookieName("session"),
          description: "Who is signed in.",
        },
        sourceToken: { type: "http", scheme: "bearer", description: "The token of a source, `dbs_…`." },
        deploymentToken: { type: "http", scheme: "bearer", description: "A deployment token, `dbd_…`." },
        installation: {
          type: "http",
          scheme: "basic",
          description: "An asciinema installation that a person has claimed: any name, and its install id.",
        },
        sourceAccessToken: {
          type: "apiKey",
          in: "header",
          name: "x-access-token",
          description: "The token of a source, `dbs_…`.",
        },
      },
    },
  };
}

const ownPath: Paths = {
  "/api/v1/openapi.json": {
    get: {
      operationId: "getOpenApi",
      tags: ["Description"],
      summary: "This document",
      responses: {
        200: { description: "OpenAPI 3.1.", content: { "application/json": { schema: { type: "object" } } } },
      },
      security: [],
    },
  },
};
