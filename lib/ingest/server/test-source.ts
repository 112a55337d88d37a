import { inTransaction } from "@/lib/db/client.ts";
import { ingestKind } from "../kinds.ts";
import { createSource } from "./manage.ts";
import { type IngestSource, preparePost } from "./prepare.ts";
import { submitPost } from "./queue.ts";
import type { PostResult } from "./store.ts";

/** A source in a test, and a way to post to it without HTTP. */
export type TestSource = IngestSource & {
  token: string;
  post: (body: string | Uint8Array, key?: string) => Promise<PostResult>;
};

let made = 0;

/** Makes a source of a kind. */
export async function testSource(
  organizationId: string,
  kind: string,
  settings: { [name: string]: string } = {},
  name = `test ${kind} ${++made}`,
): Promise<TestSource> {
  const { id, token } = await inTransaction((client) =>
    createSource(client, organizationId, { name, kind, settings }),
  );
  const source = { id, organizationId, name, kind: ingestKind(kind), settings };
  return {
    ...source,
    token,
    post: async (body, key) =>
      submitPost(source, {
        post: await preparePost(source, typeof body === "string" ? Buffer.from(body) : body, key),
        poster: { requestId: "test", address: "192.0.2.1", userAgent: undefined },
      }),
  };
}

/** NDJSON of the native kind. */
export function lines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
