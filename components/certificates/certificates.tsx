"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { type CertificateLine, type NewCertificate, replacedDays } from "@/lib/certificates/certificate.ts";
import { requestCertificateRenewal, requestRevocation } from "./certificate-api.ts";
import { CertificateList } from "./certificate-list.tsx";
import { IssueDialog } from "./issue-dialog.tsx";
import { IssuedCertificate } from "./issued-certificate.tsx";

/** Where hosts connect over TLS; without a port Daybook does not listen. */
export type TlsListener = { host: string; port: number | null };

const usualPort = 30344;

type CertificatesProps = {
  source: { id: string; name: string };
  certificates: readonly CertificateLine[];
  listener: TlsListener;
};

/** The client certificates by which hosts connect as a source over TLS. */
export function Certificates({ source, certificates, listener }: CertificatesProps) {
  const router = useRouter();
  const notify = useNotify();
  const [asking, setAsking] = useState<"issue" | { renew: CertificateLine } | { revoke: CertificateLine }>();
  const [issued, setIssued] = useState<NewCertificate>();
  const close = () => setAsking(undefined);
  const renewing = typeof asking === "object" && "renew" in asking ? asking.renew : undefined;
  const revoking = typeof asking === "object" && "revoke" in asking ? asking.revoke : undefined;

  function show(made: NewCertificate) {
    setIssued(made);
    router.refresh();
  }

  return (
    <section aria-labelledby="certificates-title" className="flex flex-col gap-2">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="max-w-2xl">
          <h2 id="certificates-title" className="font-semibold">
            Client certificates
          </h2>
          <p className="text-ink-2">
            {listener.port === null
              ? `Daybook takes no sessions over TLS now: start it with SUDO_TLS_PORT=${usualPort}.`
              : "A host that connects over TLS with one of these is this source, whatever its address."}
          </p>
        </div>
        <Button onClick={() => setAsking("issue")}>Issue certificate</Button>
      </header>
      {issued && (
        <IssuedCertificate
          key={issued.id}
          issued={issued}
          place={{ host: listener.host, port: listener.port ?? usualPort }}
          onDone={() => setIssued(undefined)}
        />
      )}
      {certificates.length > 0 && (
        <CertificateList
          certificates={certificates}
          onRenew={(renew) => setAsking({ renew })}
          onRevoke={(revoke) => setAsking({ revoke })}
        />
      )}
      <IssueDialog sourceId={source.id} open={asking === "issue"} onClose={close} onIssued={show} />
      <ConfirmChange
        open={renewing !== undefined}
        onClose={close}
        title={`Renew the certificate of “${renewing?.name}”?`}
        action="Renew certificate"
        working="Renewing …"
        look="primary"
        reasonNeeded
        onConfirm={async (reason) => {
          if (renewing) show(await requestCertificateRenewal(source.id, renewing.id, reason));
        }}
      >
        A new key and certificate are made, good for a year. The present ones stay good for {replacedDays}{" "}
        days at most, so that the host can be changed without a gap.
      </ConfirmChange>
      <ConfirmChange
        open={revoking !== undefined}
        onClose={close}
        title={`Revoke the certificate of “${revoking?.name}”?`}
        action="Revoke certificate"
        working="Revoking …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          if (!revoking) return;
          await requestRevocation(source.id, revoking.id, reason);
          notify(`Revoked the certificate of ${revoking.name}`);
          router.refresh();
        }}
      >
        Connections under it end within a second, and with them the commands that run there, unless sudoers
        says otherwise. This cannot be undone.
      </ConfirmChange>
    </section>
  );
}
