import { certificateRenewal } from "@/lib/certificates/certificate-wish.ts";
import { renewCertificate, revokeCertificate } from "@/lib/certificates/server/certificates.ts";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sources:manage";

type Context = { params: Promise<{ id: string; certificate: string }> };

/** Issues a certificate in place of this one. Its key is in this answer and nowhere else. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id, certificate } = await params;
  return asApi(
    request,
    "certificate.renew",
    async (principal) => {
      const renewal = await readJson(request, certificateRenewal);
      const made = await renewCertificate(principal, requireId(id), requireId(certificate), renewal);
      return Response.json(made, { status: 201, headers: noStore });
    },
    { permission },
  );
}

/** Revokes a certificate: connections under it end within a second. `?reason=` goes into the audit log. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id, certificate } = await params;
  return asApi(
    request,
    "certificate.revoke",
    async (principal) => {
      await revokeCertificate(principal, requireId(id), requireId(certificate), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission },
  );
}
