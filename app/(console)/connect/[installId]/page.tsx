import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ConnectDevice } from "@/components/devices/connect-device.tsx";
import { isUuid } from "@/lib/http/id.ts";
import { stateOfInstall } from "@/lib/recordings/server/devices.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Connect asciinema" };

type PageProps = { params: Promise<{ installId: string }> };

export default async function ConnectPage({ params }: PageProps) {
  const installId = (await params).installId.toLowerCase();
  const { state, email } = await asPage(
    "device.read",
    // The id is a credential: no log holds it.
    "/connect/…",
    async (principal) => {
      if (!isUuid(installId)) notFound();
      return { state: await stateOfInstall(principal, installId), email: principal.email };
    },
    { permission: "tokens:manage-own", back: `/connect/${installId}` },
  );
  return <ConnectDevice installId={installId} state={state} email={email} />;
}
