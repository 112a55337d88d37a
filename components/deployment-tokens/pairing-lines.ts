type Pairing = { origin: string; kind: string; token: string };

/** Lines for a host's shell, with the shipper that sends its records later. */
export function shipperLines({ origin, kind, token }: Pairing): string {
  return [
    `curl -fsS ${origin}/ship/daybook-ship.sh -o /usr/local/bin/daybook-ship`,
    `DAYBOOK_DEPLOYMENT_TOKEN=${token} \\`,
    `  sh /usr/local/bin/daybook-ship pair -u ${origin} -t ${tokenFile(kind)}`,
  ].join("\n");
}

/**
 * The same with curl alone. kube-apiserver is told an address that only the whole answer holds; of all others the
 * token goes into a file.
 */
export function curlLines({ origin, kind, token }: Pairing): string {
  const host = `  --data-urlencode "host=$(hostname)" ${origin}/api/v1/pair`;
  const bearer = `curl -fsS -H 'Authorization: Bearer ${token}'`;
  if (kind === "kubernetes-audit") return [`${bearer} \\`, host].join("\n");
  return [`(umask 077; ${bearer} -H 'Accept: text/plain' \\`, `${host} -o ${tokenFile(kind)})`].join("\n");
}

function tokenFile(kind: string): string {
  return `/etc/daybook-${kind}-token`;
}
