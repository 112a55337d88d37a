import { commandLine } from "./command-lines.ts";
import type { Organization } from "./people.ts";
import type { Random } from "./random.ts";

/** Words that the bench looks for in recordings. */
export const screenNeedles = {
  /** On twenty screens of ten thousand recordings. */
  rare: "quorumlost",
  /** On every hundredth screen or so. */
  middling: "segfault",
  /** On most. */
  common: "root",
  /** On none. */
  absent: "xylophone",
} as const;

/** A screenful of what commands print: log lines, listings, tables; identifiers that no other line has. */
export function screenText(random: Random, organization: Organization, units: number): string[] {
  const lines: string[] = [];
  for (let written = 0; written < units; ) {
    const command = `root@${random.any(organization.machines).name}:~# ${commandLine(random, organization, 1, 1, 1e9)}`;
    const printed = Array.from({ length: random.below(24) }, () => outputLine(random, organization));
    for (const line of [command, ...printed]) {
      lines.push(line);
      written += line.length + 1;
    }
  }
  return lines;
}

const levels = ["INFO", "INFO", "INFO", "WARN", "DEBUG", "ERROR"] as const;
const verbs =
  "accepted closed retried flushed rotated loaded rejected scheduled evicted restored merged synced".split(
    " ",
  );
const things =
  "connection request batch segment certificate worker queue snapshot index upload lease replica".split(" ");

function outputLine(random: Random, { services, machines, people }: Organization): string {
  const service = random.pick(services);
  const number = random.below(100_000);
  switch (random.below(6)) {
    case 0:
      return `2026-${two(1 + random.below(12))}-${two(1 + random.below(28))}T${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}.${String(random.below(1000)).padStart(3, "0")}Z ${random.any(levels)} ${service} ${random.any(things)} ${random.any(verbs)} id=${random.hex(16)} took=${number}ms`;
    case 1:
      return `-rw-r----- 1 ${service} ${service} ${number} Nov ${1 + random.below(28)} ${two(random.below(24))}:${two(random.below(60))} ${service}-${random.hex(8)}.log`;
    case 2:
      return `${service}  ${number}  0.${random.below(10)}  1.${random.below(10)} ${number * 7} ${number} ?  Ssl  ${two(random.below(24))}:${two(random.below(60))}  /usr/bin/${service}d --config /etc/${service}/main.conf --shard ${random.below(64)}`;
    case 3:
      return `10.${random.below(256)}.${random.below(256)}.${random.below(256)} - - "GET /api/v2/${random.any(things)}s/${number}?trace=${random.hex(12)} HTTP/1.1" ${random.any([200, 200, 200, 304, 404, 500])} ${number}`;
    case 4:
      return ` ${number} | ${random.any(people).email} | ${random.any(things)} ${random.any(verbs)} | ${random.hex(8)}-${random.hex(4)}`;
    default:
      return random.chance(0.004)
        ? `kernel: ${service}d[${number}]: ${screenNeedles.middling} at ${random.hex(12)} ip ${random.hex(12)} error 4`
        : `${random.any(machines).name} ${service}[${number}]: ${random.any(things)} ${random.hex(6)} ${random.any(verbs)} by ${random.any(verbs)} ${random.any(things)}`;
  }
}

const two = (number: number): string => String(number).padStart(2, "0");
