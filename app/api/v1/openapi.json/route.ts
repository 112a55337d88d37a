import { openApiDocument } from "@/lib/openapi/server/document.ts";

let text: string | undefined;

/** The API's description: for everybody, for it tells nothing that a client of Daybook's could not know. */
export function GET(): Response {
  text ??= JSON.stringify(openApiDocument());
  return new Response(text, {
    headers: { "content-type": "application/json", "cache-control": "public, max-age=300" },
  });
}
