import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { APIRequestContext, Page } from "@playwright/test";
import { freePort } from "@/bin/postgres-port.mjs";
import { root } from "@/bin/prepare.mjs";
import { type Answer, bearer, curl } from "./curl.ts";
import { test as base, expect } from "./fixtures.ts";
import type { Installation } from "./installation.ts";
import {
  apiOf,
  firstAccounts,
  makeSource,
  newPlace,
  type OwnDaybook,
  removePlace,
  startDaybook,
} from "./own-daybook.ts";

const sample = (name: string): string => path.join(root, "samples", name);

type Fixtures = { api: APIRequestContext; own: OwnDaybook; cert: string; daybook: Installation };

/** A Daybook of its own, empty and on HTTPS, as a kube-apiserver needs it. */
const test = base.extend<object, Fixtures>({
  own: [
    async ({}, use) => {
      const place = newPlace(await freePort());
      const [cert, key] = ["crt", "key"].map((ending) => path.join(root, `e2e/tls/localhost.${ending}`));
      if (cert === undefined || key === undefined) throw new Error("two files");
      const daybook = await startDaybook({ ...place, env: { TLS_CERT: cert, TLS_KEY: key } });
      await use(daybook);
      await daybook.stop();
      removePlace(place);
    },
    { scope: "worker", timeout: 300_000 },
  ],
  cert: [({ own }, use) => use(own.place.env["TLS_CERT"] ?? ""), { scope: "worker" }],
  daybook: [async ({ own }, use) => use(await firstAccounts(own)), { scope: "worker" }],
  api: [
    async ({ daybook }, use) => use(await apiOf(daybook.url, daybook.sessions.admin)),
    { scope: "worker" },
  ],
});
test.use({ ignoreHTTPSErrors: true });

/** What the rows on screen say, by the name of the column. */
const shown = (page: Page): Promise<{ [column: string]: string }[]> =>
  page
    .locator("[data-row]")
    .evaluateAll((rows) =>
      rows.map((row) =>
        Object.fromEntries(
          [...row.querySelectorAll<HTMLElement>("[data-column]")].map((cell) => [
            cell.dataset["column"],
            cell.innerText,
          ]),
        ),
      ),
    );

/** A row that holds these texts appears, in a tab that is open already, without a reload. */
async function expectRow(page: Page, cells: { [column: string]: string | RegExp }): Promise<void> {
  const wanted = Object.fromEntries(
    Object.entries(cells).map(([column, text]) => [
      column,
      typeof text === "string" ? text : expect.stringMatching(text),
    ]),
  );
  await expect.poll(() => shown(page)).toContainEqual(expect.objectContaining(wanted));
}

async function open(page: Page, view: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`/logs/${view}`);
  await expect(tab.getByRole("button", { name: /^Live/ })).toBeVisible();
  return tab;
}

const headers = (page: Page): Promise<string[]> => page.getByRole("columnheader").allInnerTexts();

test("sshd's lines: connections and their events", async ({ page, api, own, cert }) => {
  const { token } = await makeSource(api, "sshd");
  const [connections, events] = [await open(page, "connections"), await open(page, "connection-events")];
  const post = (key: string): Promise<Answer> =>
    curl(
      ...[
        "--cacert",
        cert,
        ...bearer(token),
        "-H",
        `Idempotency-Key: ${key}`,
        "-H",
        "Content-Type: text/plain",
      ],
      ...["--data-binary", `@${sample("sshd/sshd-verbose-rfc5424.log")}`, `${own.url}/api/v1/ingest/sshd`],
    );
  expect((await post("first")).body).toMatchObject({
    accepted: 20,
    duplicates: 0,
    quarantined: 0,
    skipped: 70,
  });
  await expectRow(events, {
    time: "2026-11-21 09:48:38.132578",
    user: "alice",
    event: "open",
    target: "vm",
    targetUser: "alice",
    cause: /^publickey, ED25519 SHA256:WFc2/,
  });
  await expectRow(events, {
    time: "2026-11-21 09:48:38.214938",
    event: "disconnected",
    cause: "session 0 closed",
  });
  await expectRow(connections, {
    time: "2026-11-21 09:48:38.132578",
    endTime: "2026-11-21 09:48:38.215087",
    user: "alice",
    status: "closed",
    target: "vm",
    kind: "ssh",
    clientAddress: "127.0.0.1",
  });
  await expectRow(connections, { user: "nobodyuser", status: "closed" });
  const listed = async (): Promise<number> => {
    const answer = await api.get("/api/v1/logs/connections", { params: { limit: "200" } });
    return ((await answer.json()) as { rows: unknown[] }).rows.length;
  };
  const before = await listed();
  await expect(connections.locator("[data-row]")).toHaveCount(before);
  expect((await post("first")).body).toMatchObject({ accepted: 0, duplicates: 90 });
  expect(await listed()).toBe(before);
  await expect(connections.locator("[data-row]")).toHaveCount(before);
  expect(await headers(connections)).toEqual(
    "Start|End|User|Connection ID|Status|Space|Target user|Target|Kind|Client address|Place"
      .split("|")
      .map(titled),
  );
  expect(await headers(events)).toEqual(
    "Time|User|Connection ID|Event|Space|Target user|Target|Cause".split("|").map(titled),
  );
});

/** Headers of times name their zone too. */
const titled = (title: string): unknown => expect.stringMatching(new RegExp(`^${title}`));

test("sudo's event log: commands, refused ones too", async ({ page, api, own, cert }) => {
  const { token } = await makeSource(api, "sudo");
  const commands = await open(page, "commands");
  const answer = await curl(
    ...[
      "--cacert",
      cert,
      ...bearer(token),
      "-H",
      "Idempotency-Key: 1",
      "-H",
      "Content-Type: application/json",
    ],
    ...["--data-binary", `@${sample("sudo/sudo-eventlog.json")}`, `${own.url}/api/v1/ingest/sudo`],
  );
  expect(answer.body).toMatchObject({ accepted: 9, quarantined: 0 });
  await expectRow(commands, {
    time: "2026-11-21 09:45:35.407369",
    user: "alice",
    target: "vm",
    targetUser: "root",
    command: "bash -c 'echo hi; ls /root | head -2; exit 7'",
  });
  await expectRow(commands, { command: "/usr/bin/passwd root" });
  expect(await headers(commands)).toEqual(
    "Time|User|Target|Target user|Command|Space|Connection|Replay".split("|").map(titled),
  );
});

/** As the API server posted it, by the recorded headers. */
function asApiServer(n: number): string[] {
  const lines = readFileSync(sample("kubernetes-audit/webhook-requests-headers.ndjson"), "utf8")
    .trim()
    .split("\n");
  const recorded = JSON.parse(lines[n - 1] ?? "") as { headers: { [name: string]: string } };
  const { host: _host, authorization: _secret, "content-length": _length, ...rest } = recorded.headers;
  return Object.entries(rest).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
}

test("a kube-apiserver's webhook: API calls and the commands behind them", async ({
  page,
  api,
  own,
  cert,
}) => {
  const { id, token } = await makeSource(api, "kubernetes-audit", { cluster: "prod-eu-1" });
  const [calls, commands] = [
    await open(page, "kubernetes-api-calls"),
    await open(page, "kubernetes-commands"),
  ];
  const post = (n: number): Promise<Answer> =>
    curl(
      ...["--cacert", cert, ...bearer(token), ...asApiServer(n)],
      ...["--data-binary", `@${sample(`kubernetes-audit/webhook-bodies/hook-body-${n}.json`)}`],
      `${own.url}/api/v1/ingest/kubernetes-audit/${id}?timeout=30s`,
    );
  expect((await post(1)).body).toMatchObject({ accepted: 4, duplicates: 0 });
  // It was not ready yet.
  await expectRow(calls, { verb: "get", cluster: "prod-eu-1", details: /500[\s\S]*\/readyz/ });
  expect((await post(2)).body).toMatchObject({ accepted: 0, duplicates: 4, quarantined: 0 });
  expect((await post(3)).body).toMatchObject({ accepted: 0, duplicates: 4, quarantined: 0 });
  await calls.reload();
  await expect.poll(() => shown(calls)).toHaveLength(2);

  for (const [n, accepted] of [10, 8, 58, 32, 1].entries()) {
    expect((await post(n + 4)).body).toMatchObject({ accepted, duplicates: 0, quarantined: 0, skipped: 0 });
  }
  await expectRow(calls, {
    time: "2026-11-21 10:15:14.245383",
    user: "alice",
    cluster: "prod-eu-1",
    namespace: "payments",
    resource: "widgets",
    verb: "patch",
    accessMethod: "kubectl CLI",
    // Status, duration, URI and user agent.
    details:
      /200[\s\S]* ms[\s\S]*\/apis\/demo.example.com\/v1\/namespaces\/payments\/widgets\/w1\/scale[\s\S]*kubectl\//,
  });
  expect(await headers(calls)).toEqual(
    "Time|User|Cluster|Namespace|Resource|Name|Verb|Access method|Details".split("|").map(titled),
  );
  await expectRow(commands, {
    time: "2026-11-21 10:15:14.242226",
    user: "alice",
    cluster: "prod-eu-1",
    targetUser: "devs",
    command: "kubectl scale widget w1 … -n payments",
    apiCalls: /^2\b/,
    accessMethod: "kubectl CLI",
    origin: "inferred",
  });
  await expectRow(commands, { command: "kubectl get widgets -w -n payments", apiCalls: /^2\b/ });
});

test("bombs are refused, and do not fill the memory", async ({ api, own, cert }) => {
  const { token } = await makeSource(api, "native");
  const bomb = path.join(own.place.folder, "bomb.gz");
  writeFileSync(bomb, gzipSync(Buffer.alloc(900 * 1024 ** 2)));
  const post = (): Promise<Answer> =>
    curl(
      ...["--cacert", cert, ...bearer(token), "-H", "Content-Encoding: gzip"],
      ...["--data-binary", `@${bomb}`, `${own.url}/api/v1/ingest/native`],
    );
  const grown = watchMemory(own.pid);
  const answers = await Promise.all(Array.from({ length: 8 }, post));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(413));
  // Of the thousand megabytes that they may be inflated to at once, and of the seven thousand that they are.
  expect(grown()).toBeLessThan(400 * 1024 ** 2);
});

/** @returns says by how many bytes the memory of a process has grown at most; 0 where there is no /proc to say so */
function watchMemory(pid: number): () => number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return () => 0;
  const bytes = (field: string): number => {
    const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(status, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  };
  // Forgets the peak so far.
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  const before = bytes("VmRSS");
  return () => bytes("VmHWM") - before;
}
