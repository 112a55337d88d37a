import ipaddr from "ipaddr.js";

/** What parts addresses in a list. */
const between = /[\s,]+/;

/** What is wrong with a list of addresses and ranges, as `192.0.2.7, 2001:db8::/32`; undefined when nothing is. */
export function hostListFault(text: string): string | undefined {
  const wrong = text.split(between).find((host) => host !== "" && !isHost(host));
  return wrong === undefined ? undefined : `${wrong} is neither an address nor a range such as 192.0.2.0/24`;
}

function isHost(text: string): boolean {
  return text.includes("/") ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}

/** Whether the list holds an address. An IPv4 address may come in IPv6's form. */
export function hostListHas(text: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const peer = ipaddr.process(address);
  return text.split(between).some((host) => {
    if (host === "" || !isHost(host)) return false;
    const bits = ipaddr.process(host.split("/")[0] ?? "").kind() === "ipv4" ? 32 : 128;
    const [network, length] = ipaddr.parseCIDR(host.includes("/") ? host : `${host}/${bits}`);
    return network.kind() === peer.kind() && peer.match(network, length);
  });
}
