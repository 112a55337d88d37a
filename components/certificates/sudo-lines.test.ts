import { expect, it } from "vitest";
import { relayLines, sudoersLines } from "./sudo-lines.ts";

it("are those of sudoers, with the name of the host's files", () => {
  expect(sudoersLines("web-1", { host: "daybook.example.org", port: 30344 })).toBe(
    [
      'Defaults log_servers="daybook.example.org:30344(tls)"',
      'Defaults log_server_cabundle="/etc/daybook/authority.pem"',
      'Defaults log_server_peer_cert="/etc/daybook/web-1.crt"',
      'Defaults log_server_peer_key="/etc/daybook/web-1.key"',
      "Defaults log_server_verify",
      "Defaults log_output, log_subcmds, log_exit_status",
    ].join("\n"),
  );
});

it("put an address of IPv6 into brackets", () => {
  expect(relayLines("web-1", { host: "2001:db8::1", port: 30344 })).toContain(
    "relay_host = [2001:db8::1]:30344(tls)",
  );
});
