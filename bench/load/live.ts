import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { answerTask } from "../child.ts";
import { instant } from "../records/schedule.ts";
import { ask, connections, expectOk } from "./http.ts";

/** Posts commands at a steady pace and follows them as a browser would. */
export type LiveTask = {
  origin: string;
  apiToken: string;
  sourceToken: string;
  seed: string;
  perSecond: number;
  /** Records of one post. */
  batch: number;
  seconds: number;
};

export type LiveAnswer = {
  /** Milliseconds from the answer to the post until the row was there; negative where the row was quicker. */
  delays: number[];
  posted: number;
  missed: number;
  twice: number;
  /** How many of the posts went out later than their turn by more than 100 ms. */
  late: number;
};

/** How long the last rows may take before they count as missed. */
const patienceMs = 10_000;

answerTask(
  async ({
    origin,
    apiToken,
    sourceToken,
    seed,
    perSecond,
    batch,
    seconds,
  }: LiveTask): Promise<LiveAnswer> => {
    const arrived = new Map<string, number>();
    let twice = 0;
    const follower = await follow(`${origin}/api/v1/logs/commands/live`, apiToken, (command) => {
      if (!command.startsWith(seed)) return;
      if (arrived.has(command)) twice++;
      else arrived.set(command, performance.now());
    });
    const committed = new Map<string, number>();
    const agent = connections(16);
    const posts = Math.ceil((perSecond * seconds) / batch);
    const waiting: Promise<void>[] = [];
    const started = performance.now();
    let late = 0;
    for (let post = 0; post < posts; post++) {
      const due = started + (post * batch * 1000) / perSecond;
      const wait = due - performance.now();
      if (wait > 0) await delay(wait);
      if (wait < -100) late++;
      const commands = Array.from(
        { length: batch },
        (_, place) => `${seed} --number ${post * batch + place}`,
      );
      waiting.push(send(commands));
    }
    await Promise.all(waiting);
    const until = performance.now() + patienceMs;
    while (arrived.size < committed.size && performance.now() < until) await delay(20);
    follower.destroy();
    agent.destroy();
    const delays = [...committed].flatMap(([command, at]) => {
      const then = arrived.get(command);
      return then === undefined ? [] : [then - at];
    });
    return { delays, posted: committed.size, missed: committed.size - delays.length, twice, late };

    async function send(commands: readonly string[]): Promise<void> {
      const time = instant(Date.now() * 1000);
      const line = (command: string): string =>
        JSON.stringify({
          log: "commands",
          id: command,
          time,
          user: "live@bench.example",
          target: "web-1",
          command,
        });
      const body = Buffer.from(commands.map(line).join("\n"));
      const post = { agent, token: sourceToken, method: "POST", body, type: "application/x-ndjson" };
      expectOk(await ask(`${origin}/api/v1/ingest/native`, post), "a post");
      const now = performance.now();
      for (const command of commands) committed.set(command, now);
    }
  },
);

/** Opens a stream of server-sent events and hands over the command of every row. */
async function follow(
  url: string,
  token: string,
  onCommand: (command: string) => void,
): Promise<http.ClientRequest> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200)
        reject(new Error(`following was answered with ${response.statusCode}`));
      let pending = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const events = (pending + chunk).split("\n\n");
        pending = events.pop() ?? "";
        for (const event of events) {
          if (!event.includes("event: rows\n")) continue;
          const data = event.slice(event.indexOf("data: ") + 6);
          for (const { command } of (JSON.parse(data) as { rows: { command: string }[] }).rows)
            onCommand(command);
        }
      });
      response.once("data", () => resolve(request));
    });
    request.on("error", reject);
  });
}
