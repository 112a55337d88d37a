import { at, Random } from "./random.ts";

const firstNames =
  "ann ben carla dario elif finn greta hugo ines jonas kaya liam mira noor omar pia quinn rosa sven tara ugo vera wanda xenia yusuf zoe".split(
    " ",
  );
const lastNames =
  "adler bianchi castro duval ekström farkas garcia haddad ito jensen kovač lindqvist moreau novák okafor petrov reyes schmidt tanaka ülker".split(
    " ",
  );
const services =
  "billing payments ledger search checkout auth media inventory shipping reports gateway mail metrics cache queue fraud".split(
    " ",
  );
const regions = ["eu-central", "eu-west", "us-east", "us-west", "ap-south"];
const spaceNames =
  "Production,Staging,Payments,Data platform,Office IT,Incident response,Contractors,Security,Build farm,Sandbox,Partners,Backup".split(
    ",",
  );

export type Person = { email: string; addresses: readonly string[] };
export type Machine = { name: string; service: string; kind: "ssh" | "database" | "http" | "docker" | "ec2" };

/** Who and what an organization consists of. */
export type Organization = {
  people: readonly Person[];
  machines: readonly Machine[];
  spaces: readonly string[];
  clusters: readonly string[];
  namespaces: readonly string[];
  accounts: readonly string[];
  services: readonly string[];
};

/** @param domain of its people's addresses, and the seed of everything */
export function organization(domain: string, size: { people: number; machines: number }): Organization {
  const random = new Random(domain);
  const people = Array.from({ length: size.people }, (_, place) => {
    const first = at(firstNames, place % firstNames.length);
    const last = at(lastNames, Math.floor(place / firstNames.length) % lastNames.length);
    const addresses = Array.from({ length: 1 + random.below(3) }, () => address(random));
    return { email: `${first}.${last}@${domain}`, addresses };
  });
  const machines = Array.from({ length: size.machines }, (_, place): Machine => {
    const service = at(services, place % services.length);
    const kind = random.any(["ssh", "ssh", "ssh", "database", "http", "docker", "ec2"] as const);
    const region = at(regions, Math.floor(place / services.length) % regions.length);
    return {
      name: `${service}-${String(1 + Math.floor(place / 5)).padStart(2, "0")}.${region}`,
      service,
      kind,
    };
  });
  const clusters = regions.flatMap((region) => [`prod-${region}`, `staging-${region}`]);
  const namespaces = [...services, "kube-system", "monitoring", "ingress", "default", "cert-manager"];
  return {
    people,
    machines,
    spaces: spaceNames,
    clusters,
    namespaces,
    services,
    accounts: ["root", "deploy", "ubuntu", "postgres", "ec2-user", "readonly", "admin", "backup"],
  };
}

/** Documentation and private ranges only. */
function address(random: Random): string {
  if (random.chance(0.1)) return `2001:db8:${random.hex(4)}::${random.hex(4)}`;
  const range = random.any([
    "203.0.113.",
    "198.51.100.",
    "192.0.2.",
    `10.${random.below(256)}.${random.below(256)}.`,
  ]);
  return `${range}${1 + random.below(254)}`;
}
