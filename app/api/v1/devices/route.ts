import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { deviceClaim } from "@/lib/recordings/device.ts";
import { claimDevice, listDevices } from "@/lib/recordings/server/devices.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "tokens:manage-own";

/** The caller's asciinema installations. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "device.list",
    async (principal) => Response.json({ devices: await listDevices(principal) }, { headers: noStore }),
    { permission },
  );
}

/** Claims an installation: what it uploads is the caller's from then on. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "device.claim",
    async (principal) => {
      const state = await claimDevice(principal, await readJson(request, deviceClaim));
      return Response.json({ state }, { headers: noStore });
    },
    { permission },
  );
}
