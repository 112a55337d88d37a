import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { revokeDevice } from "@/lib/recordings/server/devices.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Revokes a device of the caller's; `?reason=` goes into the audit log. */
export function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asApi(
    request,
    "device.revoke",
    async (principal) => {
      const id = requireId((await params).id);
      await revokeDevice(principal, id, requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission: "tokens:manage-own" },
  );
}
