import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Who the caller is and what it may do. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "me.read", async (principal) => {
    const { kind, id, name, email, logins, role, organizationId, organizationName, scopes } = principal;
    return Response.json(
      {
        kind,
        id,
        name,
        email,
        logins,
        role,
        organization: { id: organizationId, name: organizationName },
        scopes,
      },
      { headers: { "cache-control": "no-store" } },
    );
  });
}
