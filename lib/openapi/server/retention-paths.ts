import "server-only";
import { operation, type Paths, queryParameter, schemaRef } from "../operation.ts";
import { answer } from "./recording-parts.ts";

const shared = { tag: "Retention", permission: "retention:manage" } as const;

/** How long recordings are kept. */
export function retentionPaths(): Paths {
  return {
    "/api/v1/retention": {
      get: operation({
        ...shared,
        id: "getRetention",
        summary: "How long recordings are kept, and how many are older",
        parameters: [
          queryParameter("days", "Counts what is older than so many days instead.", {
            type: "integer",
            minimum: 1,
            maximum: 36_500,
          }),
        ],
        answers: { 200: answer("What is set.", "Retention") },
        errors: [400],
      }),
      patch: operation({
        ...shared,
        id: "changeRetention",
        summary: "Sets how long recordings are kept, those that are there included",
        body: schemaRef("RetentionChange"),
        answers: { 200: answer("What is set now.", "Retention") },
        errors: [400],
      }),
    },
  };
}
