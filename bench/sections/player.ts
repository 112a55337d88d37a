import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, openAsBlob, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findChromium } from "@/bin/chromium.mjs";
import { grantSourceToken, organizationId, sourceId, userId } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { Played, PlayerAnswer, PlayerTask } from "../load/player.ts";
import { castSize, shownAt, writeCast } from "../records/cast.ts";
import { type Line, megabytes, ms, times } from "../report.ts";
import { median } from "../statistics.ts";
import { removeIngested } from "./clean-up.ts";
import type { Context } from "./context.ts";

const mebibyte = 1024 ** 2;
const limits = { firstFrame: 300, task: 50, seek: 150, heap: 40 * mebibyte, larger: 1.2 };
const sizes = [50, 200] as const;
const workedOutMs = 300_000;

type Sent = { id: string; connectionId: string; seconds: number; workedOut: number };

/** A recording of 50 MB and one of 200 MB in Chromium, against the same player with the whole file. */
export async function measurePlayer(context: Context): Promise<Line[]> {
  const { client, server, options } = context;
  await client.query(
    `INSERT INTO sources (id, organization_id, name, kind, token_prefix, token_hash)
     VALUES ($1, $2, 'Recordings', 'recordings', '', $3) ON CONFLICT DO NOTHING`,
    [sourceId("ingestion", "recordings"), organizationId("ingestion"), randomBytes(32)],
  );
  const token = await grantSourceToken(client, "ingestion", "recordings");
  const sessionId = randomUUID();
  await client.query(
    "INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')",
    [sessionId, userId("ingestion")],
  );
  const folder = mkdtempSync(path.join(os.tmpdir(), "daybook-bench-"));
  const lines: Line[] = [];
  try {
    const answers: PlayerAnswer[] = [];
    for (const size of sizes) {
      const cast = path.join(folder, `${size}.cast`);
      const seconds = await writeCast(cast, size * mebibyte);
      const sent = await send(context, token, cast, seconds);
      // Places between the events that say which they are, so that nothing depends on rounding.
      const places = [0.5, 0.95, 0.1, 0.75].map((part) => Math.floor(seconds * part) + 0.01);
      const task: PlayerTask = {
        origin: server.origin.replace("127.0.0.1", "localhost"),
        program: await findChromium(),
        sessionId,
        secret: server.secrets.nextAuthSecret,
        path: `/connections/${sent.connectionId}?recording=${sent.id}`,
        cast,
        openAt: places[0] ?? 0,
        seekTo: places.slice(1),
        shown: Object.fromEntries(places.map((place) => [String(place), shownAt(place)])),
        rounds: options.rounds,
      };
      const answer = await inChild<PlayerAnswer>("load/player.ts", task);
      answers.push(answer);
      lines.push(...linesOf(size, sent, answer));
    }
    const [small, large] = answers;
    if (small && large) lines.push(growth(small, large));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await client.query("DELETE FROM sessions WHERE id = $1", [sessionId]);
    await removeRecordings(context);
  }
  return lines;
}

/** Uploads a recording and waits until it was worked out. */
async function send(
  { server, client }: Context,
  token: string,
  cast: string,
  seconds: number,
): Promise<Sent> {
  const form = new FormData();
  form.set("user", "bench@ingestion.example");
  form.set("target", "web-1");
  form.set("file", await openAsBlob(cast), path.basename(cast));
  const answer = await fetch(`${server.origin}/api/v1/recordings`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  if (answer.status !== 201) throw new Error(`The upload: ${answer.status} ${await answer.text()}`);
  const { id, connectionId } = (await answer.json()) as Sent;
  const started = performance.now();
  for (;;) {
    const { rows } = await client.query<{ state: string; fault: string | null }>(
      "SELECT state, fault FROM recordings WHERE id = $1",
      [id],
    );
    const state = rows[0]?.state;
    if (state === "ready") break;
    if (state === "failed" || performance.now() - started > workedOutMs)
      throw new Error(`The recording is ${state}: ${rows[0]?.fault}`);
    await delay(100);
  }
  return { id, connectionId, seconds, workedOut: (performance.now() - started) / 1000 };
}

async function removeRecordings(context: Context): Promise<void> {
  const { client, options } = context;
  const id = organizationId("ingestion");
  await client.query("DELETE FROM recordings WHERE organization_id = $1", [id]);
  rmSync(path.join(options.dataDir, "recordings", id), { recursive: true, force: true });
  await removeIngested(context);
}

const mid = (played: readonly Played[], of: (one: Played) => number): number => median(played.map(of));
const most = (played: readonly Played[], of: (one: Played) => number): number => Math.max(...played.map(of));
const task = (longest: number): string => (longest === 0 ? "none of 50 ms" : ms(longest));

function linesOf(size: number, sent: Sent, { product, plain }: PlayerAnswer): Line[] {
  const name = `recording of ${size} MB (${castSize.columns}×${castSize.rows}, ${Math.round(sent.seconds / 60)} min)`;
  const seek = ({ seeks }: Played): number => Math.max(...seeks);
  const compare = (
    what: string,
    of: (one: Played) => number,
    write: (value: number) => string,
    limit: number | undefined,
  ): Line => {
    const [here, there] = [mid(product, of), mid(plain, of)];
    return {
      what: `${name}: ${what}`,
      product: write(here),
      baseline: write(there),
      ratio: there > 0 ? times(here / there) : "",
      target: limit === undefined ? "" : `at most ${write(limit)}`,
      met: limit === undefined ? undefined : here <= limit,
      figures: { product: here, plain: there },
    };
  };
  const [here, before, there] = [
    most(product, ({ longestTask }) => longestTask),
    most(product, ({ longestBefore }) => longestBefore),
    most(plain, ({ longestTask }) => longestTask),
  ];
  return [
    compare("first picture after its bytes", ({ firstFrame }) => firstFrame, ms, limits.firstFrame),
    compare("first picture after the click", ({ opened }) => opened, ms, undefined),
    compare("slowest of 3 seeks", seek, ms, limits.seek),
    {
      what: `${name}: longest task, seeking and playing`,
      product: `${task(here)} (page before it: ${task(before)})`,
      baseline: task(there),
      ratio: there > 0 && here > 0 ? times(here / there) : "",
      target: `none longer than ${limits.task} ms`,
      met: here <= limits.task,
      figures: { product: here, before, plain: there },
    },
    compare("heap", ({ heap }) => heap, megabytes, limits.heap),
    {
      what: `${name}: worked out once, on the server`,
      product: `${sent.workedOut.toFixed(1)} s`,
      baseline: "",
      ratio: "",
      target: "",
      met: undefined,
      figures: { seconds: sent.workedOut },
    },
  ];
}

/** Whether four times the recording costs the same. */
function growth(small: PlayerAnswer, large: PlayerAnswer): Line {
  const parts = [
    ["first picture", ({ firstFrame }: Played) => firstFrame],
    ["seek", ({ seeks }: Played) => median(seeks)],
    ["heap", ({ heap }: Played) => heap],
  ] as const;
  const ratios = parts.map(([name, of]) => [name, mid(large.product, of) / mid(small.product, of)] as const);
  const worst = Math.max(...ratios.map(([, ratio]) => ratio));
  return {
    what: "200 MB against 50 MB",
    product: ratios.map(([name, ratio]) => `${name} ${times(ratio)}`).join(", "),
    baseline: parts
      .map(([name, of]) => `${name} ${times(mid(large.plain, of) / mid(small.plain, of))}`)
      .join(", "),
    ratio: "",
    target: `at most ${times(limits.larger)}`,
    met: worst <= limits.larger,
    figures: Object.fromEntries(ratios),
  };
}
