"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { DeviceLine } from "@/lib/recordings/device.ts";

/** The reader's asciinema installations. */
export function DeviceList({ devices }: { devices: readonly DeviceLine[] }) {
  const router = useRouter();
  const notify = useNotify();
  const [revoking, setRevoking] = useState<DeviceLine>();
  return (
    <section
      aria-labelledby="devices-title"
      className="mx-auto flex w-full max-w-7xl flex-col gap-3 px-4 pb-8"
    >
      <h2 id="devices-title" className="text-base font-semibold">
        Your asciinema installations
      </h2>
      {devices.length === 0 ? (
        <p className="text-ink-2">
          None. Run <code className="font-mono">asciinema auth</code> on a machine and open the address that
          it prints.
        </p>
      ) : (
        <ul className="border-t border-line">
          {devices.map((device) => (
            <li
              key={device.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-1.5"
            >
              <span className="min-w-0 flex-1 font-medium wrap-anywhere max-sm:basis-full">
                <VisibleText text={device.name} />
              </span>
              <span className="text-ink-2">
                last upload <Moment time={device.lastUsedAt} otherwise="never" withZone />
              </span>
              {device.revokedAt === null ? (
                <Button
                  look="danger"
                  size="sm"
                  aria-label={`Revoke ${device.name}`}
                  onClick={() => setRevoking(device)}
                >
                  Revoke
                </Button>
              ) : (
                <Badge tone="denied">revoked</Badge>
              )}
            </li>
          ))}
        </ul>
      )}
      <ConfirmChange
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke “${revoking?.name ?? ""}”?`}
        action="Revoke device"
        working="Revoking …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          if (!revoking) return;
          await callApi(`/devices/${revoking.id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
          notify(`Revoked ${revoking.name}`);
          router.refresh();
        }}
      >
        Its uploads are refused from the next one on. This cannot be undone; what it sent stays.
      </ConfirmChange>
    </section>
  );
}
