import "server-only";
import type { Permission } from "@/lib/auth/roles.ts";
import { deploymentLimits } from "@/lib/deployment-tokens/deployment-token.ts";
import {
  errorRefs,
  json,
  operation,
  type Paths,
  pathParameter,
  queryParameter,
  schemaRef,
} from "../operation.ts";

const tag = "Sources";

/** Deployment tokens, and hosts that make themselves sources with one. */
export function deploymentPaths(): Paths {
  const permission = "sources:manage" satisfies Permission;
  const answer = (description: string, schema: string) => ({ description, content: json(schemaRef(schema)) });
  const { guesses, windowMinutes, lockMinutes } = deploymentLimits.failures;
  const fields = { schema: schemaRef("PairWish") };
  return {
    "/api/v1/deployment-tokens": {
      get: operation({
        id: "listDeploymentTokens",
        tag,
        summary: "Deployment tokens with the sources that hosts became by them",
        permission,
        answers: { 200: answer("The tokens, newest first.", "DeploymentTokens") },
      }),
      post: operation({
        id: "createDeploymentToken",
        tag,
        summary: "Makes a deployment token, by which hosts make themselves sources of one kind",
        permission,
        body: schemaRef("DeploymentTokenWish"),
        answers: { 201: answer("The token.", "NewDeploymentToken") },
      }),
    },
    "/api/v1/deployment-tokens/{id}": {
      delete: operation({
        id: "deleteDeploymentToken",
        tag,
        summary: "Deletes a deployment token; what paired with it stays",
        permission,
        parameters: [
          pathParameter("id", "The id of the deployment token."),
          {
            ...queryParameter("reason", "The caller's words, for the audit log.", {
              type: "string",
              minLength: 1,
              maxLength: 500,
            }),
            required: true,
          },
        ],
        answers: { 204: { description: "Done." } },
        errors: [400, 404],
      }),
    },
    "/api/v1/pair": {
      post: {
        operationId: "pairHost",
        tags: [tag],
        summary: "Makes the host that holds a deployment token a source of its own",
        description: `With \`Accept: text/plain\` the answer is the source's token alone. An address whose pairings fail more than ${guesses} times in ${windowMinutes} minutes waits ${lockMinutes}.`,
        requestBody: {
          required: true,
          content: { "application/json": fields, "application/x-www-form-urlencoded": fields },
        },
        responses: {
          201: {
            description: "The source with its token.",
            content: { ...json(schemaRef("Paired")), "text/plain": { schema: { type: "string" } } },
          },
          ...errorRefs([400, 401, 409, 410, 413, 415, 429, 500, 503]),
        },
        security: [{ deploymentToken: [] }],
      },
    },
  };
}
