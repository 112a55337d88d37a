import { answerTask } from "../child.ts";
import { eventsOfNow } from "./connection-event-bodies.ts";
import { ask, connections, expectOk } from "./http.ts";

/** Posts connection events as a source would. */
export type IngestTask = {
  origin: string;
  /** One for each source; the clients share them in turn. */
  tokens: readonly string[];
  seed: string;
  records: number;
  batch: number;
  clients: number;
};

export type IngestAnswer = {
  milliseconds: number;
  accepted: number;
  posts: number;
  answers: number[];
  clientCpu: number;
};

answerTask(async ({ origin, tokens, seed, records, batch, clients }: IngestTask): Promise<IngestAnswer> => {
  const lines = eventsOfNow(seed, records).map((row, place) =>
    Buffer.from(`${JSON.stringify({ log: "connection-events", id: `${seed}-${place}`, ...row })}\n`),
  );
  const bodies: Buffer[] = [];
  for (let start = 0; start < lines.length; start += batch)
    bodies.push(Buffer.concat(lines.slice(start, start + batch)));
  const agent = connections(clients);
  const answers: number[] = [];
  let accepted = 0;
  let next = 0;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const client = async (number: number): Promise<void> => {
    const token = tokens[number % tokens.length] ?? "";
    for (let body = bodies[next++]; body; body = bodies[next++]) {
      const sent = performance.now();
      const post = { agent, token, method: "POST", body, type: "application/x-ndjson" };
      const answer = expectOk(await ask(`${origin}/api/v1/ingest/native`, post), "a post");
      answers.push(performance.now() - sent);
      accepted += (JSON.parse(answer) as { accepted: number }).accepted;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  agent.destroy();
  return { milliseconds, accepted, posts: bodies.length, answers, clientCpu: (user + system) / 1000 };
});
