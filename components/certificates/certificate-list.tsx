import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import type { CertificateLine } from "@/lib/certificates/certificate.ts";

type ListProps = {
  certificates: readonly CertificateLine[];
  onRenew: (certificate: CertificateLine) => void;
  onRevoke: (certificate: CertificateLine) => void;
};

/** Client certificates, newest first; those that are over stay on the list. */
export function CertificateList({ certificates, onRenew, onRevoke }: ListProps) {
  return (
    <ul className="border-t border-line">
      {certificates.map((certificate) => (
        <li
          key={certificate.id}
          className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-b border-line py-2"
        >
          <Facts certificate={certificate} />
          <div className="flex gap-2">
            {certificate.state !== "revoked" && certificate.replacedBy === null && (
              <Button
                size="sm"
                aria-label={`Renew the certificate of ${certificate.name}`}
                onClick={() => onRenew(certificate)}
              >
                Renew
              </Button>
            )}
            {certificate.state !== "revoked" && certificate.state !== "expired" && (
              <Button
                size="sm"
                look="danger"
                aria-label={`Revoke the certificate of ${certificate.name}`}
                onClick={() => onRevoke(certificate)}
              >
                Revoke
              </Button>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

const states = {
  good: { tone: "good", label: "good" },
  replaced: { tone: "warning", label: "replaced" },
  expired: { tone: "faint", label: "expired" },
  revoked: { tone: "denied", label: "revoked" },
} as const;

/** What the first time of a line is. */
const words = { good: "Good until", replaced: "Good until", expired: "Ended", revoked: "Revoked" } as const;

function Facts({ certificate }: { certificate: CertificateLine }) {
  const {
    name,
    fingerprint,
    state,
    endsAt,
    revokedAt,
    createdBy,
    createdAt,
    lastUsedAt,
    refusedAt,
    refusedFor,
  } = certificate;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium wrap-anywhere">{name}</span>
        <Badge tone={states[state].tone}>{states[state].label}</Badge>
      </div>
      <p className="text-ink-2">
        {words[state]} <Moment time={revokedAt ?? endsAt} otherwise="" withZone /> · issued{" "}
        <Moment time={createdAt} otherwise="" withZone /> by{" "}
        <span className="wrap-anywhere">{createdBy}</span> · last used{" "}
        <Moment time={lastUsedAt} otherwise="never" withZone />
      </p>
      {refusedAt !== null && (
        <p className="text-denied">
          Refused <Moment time={refusedAt} otherwise="" withZone />: {refusedFor}
        </p>
      )}
      <p className="flex items-center gap-1 text-ink-2">
        <code className="min-w-0 font-mono text-xs wrap-anywhere">SHA-256 {fingerprint}</code>
        <CopyButton text={fingerprint} label={`Copy the fingerprint of ${name}`} />
      </p>
    </div>
  );
}
