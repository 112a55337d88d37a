import "server-only";
import type { IngestKind } from "@/lib/ingest/define.ts";
import { ingestKinds } from "@/lib/ingest/kinds.ts";
import { ingestLimits } from "@/lib/ingest/limits.ts";
import {
  errorRefs,
  json,
  type Operation,
  type Parameter,
  type Paths,
  pathParameter,
  type Schema,
  schemaRef,
} from "../operation.ts";

/** A path for each kind of source, and the same with the source's id for senders that cannot do with less. */
export function ingestPaths(): Paths {
  return Object.fromEntries(
    // Recordings are files in forms, and have a path of their own.
    ingestKinds
      .filter(({ name }) => name !== "recordings")
      .flatMap((kind): [string, Paths[string]][] => {
        const path = `/api/v1/ingest/${kind.name}`;
        return [
          [path, { post: post(kind, "", []) }],
          [
            `${path}/{source}`,
            { post: post(kind, "ToSource", [pathParameter("source", "The id of the token's source.")]) },
          ],
        ];
      }),
  );
}

const ids: { [has in IngestKind["hasIds"]]: string } = {
  always: "Every record carries an id, so a body may be sent again as it is.",
  sometimes: "Records without an id of their own need the header Idempotency-Key.",
  never: "Records have no ids: the header Idempotency-Key is needed.",
};

function post(kind: IngestKind, suffix: string, parameters: Parameter[]): Operation {
  const { body, inflated, ratio, record, records } = ingestLimits;
  const limits = [
    `${body} bytes sent, gzip or not`,
    `${inflated} bytes unpacked and ${ratio} for each byte sent`,
    `${records} records`,
    `${record} bytes for each`,
  ];
  const key: Parameter = {
    name: "Idempotency-Key",
    in: "header",
    description:
      "Stays the same when the same body is sent again: with a record's place in the body it is its id.",
    ...(kind.hasIds === "never" && { required: true }),
    schema: { type: "string", minLength: 1, maxLength: ingestLimits.idempotencyKey },
  };
  const schema = recordSchemas[kind.name] ?? { type: "string", description: kind.description };
  return {
    operationId: `ingest${kind.name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}${suffix}`,
    tags: ["Ingestion"],
    summary: `Posts records: ${kind.title}`,
    description: `${kind.description} ${ids[kind.hasIds]} At most ${limits.join(", ")}. A body that is cut off stores nothing.`,
    parameters: kind.hasIds === "always" ? parameters : [...parameters, key],
    requestBody: {
      required: true,
      content: Object.fromEntries(kind.mediaTypes.map((type) => [type, { schema }])),
    },
    responses: {
      200: {
        description: "Stored, and on disk before this answer.",
        content: json(schemaRef("IngestResult")),
      },
      ...errorRefs([400, 401, 403, 404, 413, 415, 429, 500, 503]),
    },
    security: [{ sourceToken: [] }, { sourceAccessToken: [] }],
  };
}

/** The form of one record, where it is ours to say; others are described by who made them. */
const recordSchemas: { [kind: string]: Schema } = {
  native: { ...schemaRef("NativeRecord"), description: "One line of the body; each line is such an object." },
  "kubernetes-audit": {
    type: "object",
    description: "An EventList of audit.k8s.io/v1, as kube-apiserver's webhook posts it.",
    properties: {
      kind: { const: "EventList" },
      apiVersion: { const: "audit.k8s.io/v1" },
      items: { type: "array", items: { type: "object" } },
    },
    required: ["items"],
  },
};
