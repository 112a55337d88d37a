import { randomUUID } from "node:crypto";
import { findChromium } from "@/bin/chromium.mjs";
import { userId } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { BrowserAnswer, BrowserTask } from "../load/browser.ts";
import { type Line, megabytes, ms } from "../report.ts";
import { median, quantile } from "../statistics.ts";
import type { Context } from "./context.ts";

const scrolledRows = 100_000;
const limits = { lcp: 1000, interaction: 100, shift: 0.02, heap: 30 * 1024 ** 2 };
const paths = ["/logs/commands", "/logs/connections", "/logs/kubernetes-api-calls", "/settings/audit-log"];

/** Pages in Chromium: first picture, answers to keys and clicks, shifts, and memory after a long scroll. */
export async function measureBrowser({ server, client, options }: Context): Promise<Line[]> {
  const sessionId = randomUUID();
  await client.query(
    "INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')",
    [sessionId, userId("main")],
  );
  const task: BrowserTask = {
    origin: server.origin.replace("127.0.0.1", "localhost"),
    program: await findChromium(),
    sessionId,
    secret: server.secrets.nextAuthSecret,
    paths,
    times: Math.max(3, options.rounds),
    scrolled: { path: "/logs/commands", rows: scrolledRows },
  };
  const answer = await inChild<BrowserAnswer>("load/browser.ts", task);
  await client.query("DELETE FROM sessions WHERE id = $1", [sessionId]);
  return linesOf(answer);
}

function linesOf({ opened, interactions, scroll }: BrowserAnswer): Line[] {
  const lcps = paths.map((path) => opened.filter((one) => one.path === path).map(({ lcp }) => lcp));
  const p75 = Math.max(...lcps.map((list) => quantile(list, 0.75)));
  const shift = Math.max(...opened.map(({ cls }) => cls), scroll.cls);
  const slowest = interactions.reduce((worst, one) => (one.longest > worst.longest ? one : worst));
  const growth = scroll.heapAfter - scroll.heapBefore;
  return [
    {
      what: `largest picture, ${paths.length} pages, cold cache`,
      product: `p75 ${ms(p75)} (medians ${lcps.map((list) => ms(median(list))).join(", ")})`,
      baseline: "",
      ratio: "",
      target: `LCP at most ${limits.lcp} ms`,
      met: p75 <= limits.lcp,
      figures: { p75 },
    },
    {
      what: "answers to clicks and keys",
      product: `longest ${ms(slowest.longest)} (${slowest.name})`,
      baseline: "",
      ratio: "",
      target: `INP at most ${limits.interaction} ms`,
      met: slowest.longest <= limits.interaction,
      figures: Object.fromEntries(interactions.map(({ name, longest }) => [name, longest])),
    },
    {
      what: "layout shifts, pages opened and scrolled",
      product: shift.toFixed(3),
      baseline: "",
      ratio: "",
      target: `CLS at most ${limits.shift}`,
      met: shift <= limits.shift,
      figures: { shift },
    },
    {
      what: `${scroll.rows.toLocaleString("en")} rows scrolled in ${Math.round(scroll.seconds)} s`,
      product: `heap ${growth < 0 ? "−" : "+"}${megabytes(Math.abs(growth))}`,
      baseline: `heap before ${megabytes(scroll.heapBefore)}`,
      ratio: "",
      target: `${scrolledRows.toLocaleString("en")} rows, at most +${megabytes(limits.heap)}`,
      met: scroll.rows >= scrolledRows && growth <= limits.heap,
      figures: { growth, rows: scroll.rows, seconds: scroll.seconds },
    },
  ];
}
