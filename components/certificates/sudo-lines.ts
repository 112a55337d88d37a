/** Where hosts reach Daybook over TLS. */
export type TlsPlace = { host: string; port: number };

const folder = "/etc/daybook";

/** The names under which the lines expect the three files of a certificate. */
export function filesOf(name: string): { authority: string; certificate: string; key: string } {
  return { authority: "authority.pem", certificate: `${name}.crt`, key: `${name}.key` };
}

/** Lines of sudoers by which a host sends its sessions over TLS. */
export function sudoersLines(name: string, place: TlsPlace): string {
  const files = filesOf(name);
  return [
    `Defaults log_servers="${serverOf(place)}"`,
    `Defaults log_server_cabundle="${folder}/${files.authority}"`,
    `Defaults log_server_peer_cert="${folder}/${files.certificate}"`,
    `Defaults log_server_peer_key="${folder}/${files.key}"`,
    "Defaults log_server_verify",
    "Defaults log_output, log_subcmds, log_exit_status",
  ].join("\n");
}

/** Lines of sudo_logsrvd.conf by which a relay passes the sessions of its hosts on. */
export function relayLines(name: string, place: TlsPlace): string {
  const files = filesOf(name);
  return [
    "[relay]",
    `relay_host = ${serverOf(place)}`,
    "store_first = true",
    `tls_cacert = ${folder}/${files.authority}`,
    `tls_cert = ${folder}/${files.certificate}`,
    `tls_key = ${folder}/${files.key}`,
    "tls_checkpeer = true",
    "tls_verify = true",
  ].join("\n");
}

function serverOf({ host, port }: TlsPlace): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}(tls)`;
}
