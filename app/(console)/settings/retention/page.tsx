import type { Metadata } from "next";
import { RetentionView } from "@/components/retention/retention-view.tsx";
import { listRecordings } from "@/lib/recordings/server/list.ts";
import { storeIsUp } from "@/lib/recordings/server/store-health.ts";
import { countRetained, readRetention } from "@/lib/retention/server/settings.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Retention" };

const heldShown = 200;

export default async function RetentionPage() {
  const shown = await asPage(
    "retention.read",
    "/settings/retention",
    async ({ organizationId }) => {
      const retention = await readRetention(organizationId);
      return {
        retention,
        counts: await countRetained(organizationId, retention.recordingsDays),
        held: await listRecordings({ organizationId }, { held: true, limit: heldShown }),
        storeIsUp: await storeIsUp(),
      };
    },
    { permission: "retention:manage" },
  );
  return <RetentionView {...shown} />;
}
