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

/** The first address or range of a list that another list has addresses of; undefined when they are apart. */
export function hostListOverlap(text: string, other: string): string | undefined {
  const taken = rangesOf(other);
  return rangesOf(text).find(({ range: [network, length] }) =>
    taken.some(
      ({ range: [theirs, theirLength] }) =>
        network.kind() === theirs.kind() &&
        (length <= theirLength ? theirs.match(network, length) : network.match(theirs, theirLength)),
    ),
  )?.text;
}

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function rangesOf(text: string): { text: string; range: Range }[] {
  return text.split(between).flatMap((host) => (isHost(host) ? [{ text: host, range: rangeOf(host) }] : []));
}

function rangeOf(host: string): Range {
  if (host.includes("/")) return ipaddr.parseCIDR(host);
  const address = ipaddr.process(host);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Whether the list holds an address. An IPv4 address may come in IPv6's form. */
export function hostListHas(text: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const peer = ipaddr.process(address);
  return rangesOf(text).some(
    ({ range: [network, length] }) => network.kind() === peer.kind() && peer.match(network, length),
  );
}
