import { certificateWish } from "@/lib/certificates/certificate-wish.ts";
import { issueCertificate, listCertificates } from "@/lib/certificates/server/certificates.ts";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sources:manage";

type Context = { params: Promise<{ id: string }> };

/** The client certificates of a source. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "certificate.list",
    async ({ organizationId }) =>
      Response.json(
        { certificates: await listCertificates(organizationId, requireId(id)) },
        { headers: noStore },
      ),
    { permission },
  );
}

/** Issues a client certificate. Its key is in this answer and nowhere else. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "certificate.issue",
    async (principal) => {
      const wish = await readJson(request, certificateWish);
      return Response.json(await issueCertificate(principal, requireId(id), wish), {
        status: 201,
        headers: noStore,
      });
    },
    { permission },
  );
}
