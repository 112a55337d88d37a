import type { Made, World } from "./made.ts";
import { Random } from "./random.ts";
import { instant } from "./schedule.ts";

const logs = [
  "commands",
  "connections",
  "kubernetes-api-calls",
  "connection-events",
  "user-events",
  "audit-log",
];
const agents = [
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  "curl/7.88.1",
  "python-requests/2.32.3",
];

/** Requests by people and their tokens. */
export function* userEvents({ seed, organization, schedule, rows }: World): Generator<Made<"user-events">> {
  const random = new Random(`${seed} user events`);
  for (let row = 0; row < rows; row++) {
    const micros = schedule.microsAt((row + random.fraction()) / rows);
    const person = random.pick(organization.people);
    const token = random.chance(0.4);
    const log = random.pick(logs);
    const action = random.pick([
      "logs.list",
      "logs.histogram",
      "logs.values",
      "logs.row",
      "logs.export",
      "sources.list",
    ]);
    const query = random.chance(0.5)
      ? `?user=${encodeURIComponent(random.pick(organization.people).email)}&last=${1 + random.below(30)}d`
      : `?q=${random.pick(organization.services)}&after=${random.hex(16)}`;
    const status = random.pick([200, 200, 200, 200, 404, 403, 400, 500]);
    yield {
      micros,
      row: {
        time: instant(micros),
        user: person.email,
        actorType: token ? "api-key" : "user",
        actorId: `${random.hex(8)}-0000-7000-8000-${random.hex(12)}`,
        action,
        resource: `/api/v1/logs/${log}${action === "logs.list" ? "" : `/${action.slice(5)}`}${query}`,
        outcome: status === 403 ? "denied" : status >= 400 ? "failure" : "success",
        status,
        clientAddress: random.pick(person.addresses),
        userAgent: token ? random.pick(agents.slice(2)) : random.pick(agents.slice(0, 2)),
        durationUs: 800 + Math.floor(random.exponential(12_000)),
        requestId: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-9${random.hex(3)}-${random.hex(12)}`,
        count: 1,
      },
    };
  }
}
