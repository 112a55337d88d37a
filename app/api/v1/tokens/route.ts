import { tokenWish } from "@/lib/auth/api-token.ts";
import { createToken, listTokens } from "@/lib/auth/server/api-tokens.ts";
import { readJson } from "@/lib/http/body.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "tokens:manage-own";
const headers = { "cache-control": "no-store" };

/** The caller's tokens; for those who manage tokens, everybody's. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "token.list",
    async (principal) => Response.json({ tokens: await listTokens(principal) }, { headers }),
    { permission },
  );
}

/** Makes a token. Its text is in this answer and nowhere else. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "token.create",
    async (principal) =>
      Response.json(await createToken(principal, await readJson(request, tokenWish)), {
        status: 201,
        headers,
      }),
    { permission },
  );
}
