import { Badge } from "@/components/ui/badge.tsx";

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Says when the address in the instructions will not do for a sender on another machine. */
export function AddressNotice({ url }: { url: string }) {
  const { hostname, protocol } = new URL(url);
  if (loopback.test(hostname)) {
    return (
      <Notice>
        Only this machine reaches {hostname}. For senders elsewhere, start Daybook with PUBLIC_URL set to the
        address under which they reach it, over HTTPS.
      </Notice>
    );
  }
  if (protocol === "https:") return null;
  return (
    <Notice>
      Over plain HTTP the token can be read on the way, and kube-apiserver does not send it at all. Start
      Daybook with TLS_CERT and TLS_KEY, or set PUBLIC_URL to the HTTPS address of the proxy in front of it.
    </Notice>
  );
}

function Notice({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex max-w-2xl gap-2 text-ink-2">
      <span className="shrink-0">
        <Badge tone="warning">Mind</Badge>
      </span>
      <span>{children}</span>
    </p>
  );
}
