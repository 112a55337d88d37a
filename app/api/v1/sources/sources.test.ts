import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { listSources } from "@/lib/ingest/server/manage.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { POST as resolve } from "./[id]/quarantine/[record]/route.ts";
import { GET as quarantine } from "./[id]/quarantine/route.ts";
import { PATCH } from "./[id]/route.ts";
import { POST as renew } from "./[id]/token/route.ts";
import { GET as follow } from "./live/route.ts";
import { POST as create, GET as list } from "./route.ts";

let installation: TestInstallation;
const cookies: { [role: string]: string } = {};
beforeAll(async () => {
  installation = await testInstallation();
  for (const role of ["admin", "auditor", "member"] as const) {
    cookies[role] = (await installation.login(await installation.addUser(role))).cookie;
  }
  const stranger = await installation.addUser("admin", { organizationId: installation.otherOrganizationId });
  cookies["stranger"] = (await installation.login(stranger)).cookie;
});
afterAll(() => installation.remove());

function request(method: string, body?: object, as = "admin", signal?: AbortSignal): Request {
  return new Request("http://localhost:3000/api/v1/sources", {
    method,
    headers: {
      cookie: cookies[as] ?? "",
      "sec-fetch-site": "same-origin",
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

const at = (id: string) => ({ params: Promise.resolve({ id }) });
const record = (id: string, held: string) => ({ params: Promise.resolve({ id, record: held }) });

async function make(name: string): Promise<{ id: string; token: string }> {
  const made = await create(request("POST", { name, kind: "native", settings: { cluster: "blue" } }));
  expect(made.status).toBe(201);
  return made.json();
}

async function auditOf(target: string): Promise<{ event: string; custom: { reason?: string } | null }[]> {
  const found = await pool().query(
    `SELECT event_type AS event, custom_values AS custom FROM audit_events
     WHERE target = $1 ORDER BY time, seq`,
    [target],
  );
  return found.rows;
}

describe("the API of sources", () => {
  it("makes a source whose token is told once, and lists it", async () => {
    const { id, token } = await make("ledger");
    expect(token).toMatch(/^dbs_/);
    const answer = await list(request("GET"));
    const text = await answer.text();
    expect(text).not.toContain(token);
    const { sources }: { sources: SourceHealthLine[] } = JSON.parse(text);
    expect(sources.find((source) => source.id === id)).toMatchObject({
      name: "ledger",
      kind: "native",
      state: "never",
      settings: { cluster: "blue" },
    });
    const events = await auditOf("ledger");
    expect(events.map(({ event }) => event)).toEqual(["source:creating", "source:created"]);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it("takes no addresses that another organization's sources list, and does not tell whose they are", async () => {
    const make = (name: string, hosts: string, as = "admin") =>
      create(request("POST", { name, kind: "sudo", settings: { hosts } }, as));
    const theirs = await make("their hosts", "10.1.0.0/16", "stranger");
    expect(theirs.status).toBe(201);
    const clash = await make("our hosts", "192.0.2.7, 10.0.0.0/8");
    expect(clash.status).toBe(400);
    const { errors, ...rest } = await clash.json();
    expect(errors).toEqual([
      {
        parameter: "settings.hosts",
        reason: "10.0.0.0/8 has addresses whose sessions Daybook takes for another organization already",
      },
    ]);
    expect(JSON.stringify(rest)).not.toMatch(/Second|their hosts|10\.1\./);
    const { id } = await (await make("our hosts", "192.0.2.7")).json();
    const change = (hosts: string) => PATCH(request("PATCH", { settings: { hosts } }), at(id));
    expect((await change("10.1.2.3")).status).toBe(400);
    expect((await change("10.2.0.0/16")).status).toBe(204);
    const again = await make("more hosts", "10.2.0.0/24");
    expect(again.status).toBe(201);
    const { id: theirId } = await theirs.json();
    const stop = await PATCH(request("PATCH", { disabled: true }, "stranger"), at(theirId));
    expect(stop.status).toBe(204);
    expect((await change("10.1.2.3")).status).toBe(400);
  });

  it("names the field that is wrong", async () => {
    const wrong = async (wish: object) => {
      const answer = await create(request("POST", wish));
      const { errors } = await answer.json();
      return [answer.status, errors.map(({ parameter }: { parameter: string }) => parameter)];
    };
    const wish = { name: "x", kind: "native", settings: {} };
    expect(await wrong({ ...wish, name: " " })).toEqual([400, ["name"]]);
    expect(await wrong({ ...wish, kind: "telepathy" })).toEqual([400, ["kind"]]);
    expect(await wrong({ ...wish, settings: { colour: "red" } })).toEqual([400, ["settings.colour"]]);
    const nowhere = { ...wish, kind: "sshd", settings: { timeZone: "Mars/Olympus" } };
    expect(await wrong(nowhere)).toEqual([400, ["settings.timeZone"]]);
    await make("taken");
    expect(await wrong({ ...wish, name: "taken" })).toEqual([409, ["name"]]);
  });

  it("stops and resumes a source, each with its own words in the audit log", async () => {
    const { id } = await make("paused");
    const stop = (disabled: boolean, reason?: string) =>
      PATCH(request("PATCH", { disabled, ...(reason && { reason }) }), at(id));
    expect((await stop(true, "moved to another host")).status).toBe(204);
    expect((await stop(true)).status).toBe(409);
    expect((await stop(false)).status).toBe(204);
    const events = (await auditOf("paused")).slice(2);
    expect(events.map(({ event }) => event)).toEqual([
      "source:suspending",
      "source:suspended",
      "source:resuming",
      "source:resumed",
    ]);
    expect(events[1]?.custom?.reason).toBe("moved to another host");
  });

  it("gives a source other settings, and keeps those that its kind does not name", async () => {
    const { id } = await make("settled");
    await pool().query(
      'UPDATE sources SET settings = settings || \'{"mask.environment": "off"}\' WHERE id = $1',
      [id],
    );
    const change = (settings: object) => PATCH(request("PATCH", { settings }), at(id));
    const settings = async () =>
      (await listSources(installation.organizationId)).find((line) => line.id === id)?.settings;
    expect((await change({ cluster: "green" })).status).toBe(204);
    expect(await settings()).toEqual({ "mask.environment": "off", cluster: "green" });
    expect((await change({ cluster: " " })).status).toBe(204);
    expect(await settings()).toEqual({ "mask.environment": "off" });
    const bad = await change({ "mask.environment": "on" });
    expect([bad.status, (await bad.json()).errors[0].parameter]).toEqual([400, "settings.mask.environment"]);
    expect((await change({ cluster: "\u0000" })).status).toBe(400);
    for (const both of [{}, { disabled: true, settings: {} }]) {
      expect((await PATCH(request("PATCH", both), at(id))).status).toBe(400);
    }
    const [, , attempting, done] = await pool()
      .query(
        `SELECT event_type AS event, original_state -> 'settings' AS before, updated_state -> 'settings' AS after
         FROM audit_events WHERE target = 'settled' ORDER BY time, seq`,
      )
      .then(({ rows }) => rows);
    expect(attempting.event).toBe("source:updating");
    expect(done).toEqual({
      event: "source:updated",
      before: { "mask.environment": "off", cluster: "blue" },
      after: { "mask.environment": "off", cluster: "green" },
    });
  });

  it("renews a token", async () => {
    const { id, token } = await make("renewed");
    const answer = await renew(request("POST", { reason: "leaked" }), at(id));
    expect(answer.status).toBe(201);
    const renewed: { token: string } = await answer.json();
    expect(renewed.token).not.toBe(token);
    const events = (await auditOf("renewed")).slice(2);
    expect(events.map(({ event }) => event)).toEqual(["source:token-renewing", "source:token-renewed"]);
    expect(events[0]?.custom?.reason).toBe("leaked");
  });

  it("shows and resolves quarantined records", async () => {
    const source = await testSource(installation.organizationId, "native");
    await source.post("no json\n");
    const { records } = await (await quarantine(request("GET"), at(source.id))).json();
    expect(records).toMatchObject([{ raw: "no json" }]);
    const [{ id }] = records;
    const replay = await resolve(request("POST", { action: "replay" }), record(source.id, id));
    expect(replay.status).toBe(409);
    expect((await replay.json()).detail).toMatch(
      /^The record still cannot be understood: not a line of JSON/,
    );
    const wish = { action: "dismiss", reason: "a test message" };
    const dismissed = await resolve(request("POST", wish), record(source.id, id));
    expect(dismissed.status).toBe(200);
    expect((await auditOf(source.name)).map(({ custom }) => custom?.reason)).toEqual([
      "a test message",
      "a test message",
    ]);
    expect((await (await quarantine(request("GET"), at(source.id))).json()).records).toEqual([]);
  });

  it("is for those who manage sources, within their organization", async () => {
    const { id } = await make("guarded");
    const source = await testSource(installation.organizationId, "native");
    await source.post("no json\n");
    const held = (await (await quarantine(request("GET"), at(source.id))).json()).records[0].id;
    const calls = (as: string) => [
      PATCH(request("PATCH", { disabled: true }, as), at(id)),
      renew(request("POST", {}, as), at(id)),
      resolve(request("POST", { action: "dismiss" }, as), record(source.id, held)),
    ];
    for (const as of ["auditor", "member"]) {
      const own = [list(request("GET", undefined, as)), follow(request("GET", undefined, as)), ...calls(as)];
      const answers = await Promise.all([
        ...own,
        create(request("POST", { name: as, kind: "native" }, as)),
        quarantine(request("GET", undefined, as), at(source.id)),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
    }
    expect((await Promise.all(calls("stranger"))).map(({ status }) => status)).toEqual([404, 404, 404]);
    const seen = await quarantine(request("GET", undefined, "stranger"), at(source.id));
    expect((await seen.json()).records).toEqual([]);
    const guarded = (await listSources(installation.organizationId)).find((line) => line.id === id);
    expect(guarded?.state).toBe("never");
  });
});

describe("following sources", () => {
  async function* events(response: Response): AsyncGenerator<SourceHealthLine[]> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, event, data = ""] = /^event: (.*)\ndata: (.*)$/m.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (event === "sources") yield JSON.parse(data).sources;
      }
    }
  }

  it("tells how they are at once, and again when records came", async () => {
    const source = await testSource(installation.organizationId, "native");
    const leaving = new AbortController();
    const stream = events(await follow(request("GET", undefined, "admin", leaving.signal)));
    const next = async () => {
      const { value } = await stream.next();
      return value?.find((line: SourceHealthLine) => line.id === source.id);
    };
    expect(await next()).toMatchObject({ state: "never", accepted: 0 });
    await source.post(
      '{"log":"commands","id":"1","time":"2026-11-20T10:00:00Z","user":"a","target":"b","command":"c"}',
    );
    expect(await next()).toMatchObject({ state: "receiving", accepted: 1 });
    leaving.abort();
    expect(await stream.next()).toMatchObject({ done: true });
  });

  it("ends with the session", async () => {
    const source = await testSource(installation.organizationId, "native");
    const { cookie, sessionId } = await installation.login(await installation.addUser("admin"));
    cookies["leaver"] = cookie;
    const stream = events(await follow(request("GET", undefined, "leaver")));
    await stream.next();
    await pool().query("DELETE FROM sessions WHERE id = $1", [sessionId]);
    await source.post("no json\n");
    expect(await stream.next()).toMatchObject({ done: true });
  });
});
