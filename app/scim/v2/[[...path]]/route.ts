import { serveScim } from "@/lib/scim/server/serve.ts";

type Context = { params: Promise<{ path?: string[] }> };

async function serve(request: Request, { params }: Context): Promise<Response> {
  const { path = [] } = await params;
  return await serveScim(request, path);
}

/** SCIM 2.0 for identity providers, under the token of each. */
export { serve as DELETE, serve as GET, serve as PATCH, serve as POST, serve as PUT };
