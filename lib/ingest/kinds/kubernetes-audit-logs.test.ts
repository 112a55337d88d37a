import { describe, expect, it } from "vitest";
import { count, ingest, kept, plain, rowsOf, sample } from "@/lib/ingest/kinds/kubernetes-audit-fixture.ts";

describe("an audit log with exec, attach, cp and port-forward", () => {
  const records = ingest(sample("kubectl-pods-exec.part1.audit.ndjson"));
  const rows = kept(records);

  it("gives the right totals", () => {
    expect(records.length).toBe(248);
    expect(new Set(records.map(({ id }) => id)).size).toBe(248);
    expect(count(rows.map(({ log }) => log))).toEqual({
      "kubernetes-api-calls": 248,
      "connection-events": 18,
      commands: 7,
      "user-events": 1,
    });
    const calls = rowsOf("kubernetes-api-calls", rows);
    expect(count(calls.map(({ verb }) => verb))).toEqual({
      get: 145,
      list: 44,
      watch: 12,
      create: 15,
      patch: 24,
      update: 2,
      delete: 6,
    });
    expect(count(calls.map(({ status }) => status))).toEqual({
      undefined: 115,
      200: 104,
      101: 16,
      400: 4,
      404: 5,
      201: 4,
    });
    expect(count(calls.map(({ stage }) => stage))).toEqual({
      RequestReceived: 115,
      ResponseComplete: 115,
      ResponseStarted: 18,
    });
    expect(count(calls.map(({ user }) => user))).toEqual({ alice: 101, bob: 52, carol: 95 });
    expect(count(calls.map(({ accessMethod }) => accessMethod))).toEqual({ API: 2, "kubectl CLI": 246 });
  });

  it("reports each command once, at the start of its connection", () => {
    const commands = rowsOf("commands", rows);
    expect(commands.map(({ time, user, target, command }) => `${time} ${user} ${target} ${command}`)).toEqual(
      [
        "2026-11-21T09:18:50.548627Z bob prod/default/web-1/app ls -la /tmp",
        "2026-11-21T09:18:53.410489Z bob prod/default/web-1/app sh -c 'cat /etc/passwd | wc -l; id'",
        "2026-11-21T09:18:59.169505Z bob prod/default/web-1/app tar cf - /etc/hosts",
        "2026-11-21T09:19:02.029330Z bob prod/default/web-1/app test -d /tmp/m.yaml",
        "2026-11-21T09:19:04.543632Z bob prod/default/web-1/app tar -xmf - -C /tmp/m.yaml",
        "2026-11-21T09:19:25.399639Z bob prod/default/web-1/app sh",
        "2026-11-21T09:19:31.312309Z bob prod/default/web-1/app ls -la /tmp",
      ],
    );
    expect(
      commands.every(
        ({ outcome, origin, targetUser }) =>
          outcome === "accepted" && origin === "reported" && targetUser === "devs",
      ),
    ).toBe(true);
  });

  it("opens and closes each connection, and tells the refused ones", () => {
    const events = rowsOf("connection-events", rows);
    const attach = events.filter(
      ({ connectionRef, time }) =>
        time.startsWith("2026-11-21T09:18:5") &&
        events.find((event) => event.connectionRef === connectionRef)?.time === "2026-11-21T09:18:56.287443Z",
    );
    expect(attach.map(({ event, time, target }) => [event, time, target])).toEqual([
      ["open", "2026-11-21T09:18:56.287443Z", "prod/default/web-1/app"],
      ["closed", "2026-11-21T09:18:58.794462Z", "prod/default/web-1/app"],
    ]);
    expect(count(events.map(({ event, outcome }) => `${event} ${outcome}`))).toEqual({
      "open allowed": 8,
      "closed allowed": 8,
      "closed denied": 2,
    });
    expect(
      events
        .filter(({ outcome }) => outcome === "denied")
        .map(({ time, target, cause }) => [time, target, cause]),
    ).toEqual([
      ["2026-11-21T09:19:07.397520Z", "prod/default/web-1", "the API server answered 400"],
      ["2026-11-21T09:19:07.401926Z", "prod/default/web-1", "the API server answered 400"],
    ]);
  });

  it("tells who made a Secret", () => {
    expect(plain(rows.filter(({ log }) => log === "user-events"))).toEqual([
      {
        log: "user-events",
        time: "2026-11-21T09:19:08.777251Z",
        user: "carol",
        actorType: "user",
        actorId: "uid-carol",
        action: "create secrets",
        resource: "prod/default/secrets",
        outcome: "success",
        status: 201,
        clientAddress: "127.0.0.1",
        userAgent: "kubectl/v1.32.4 (linux/amd64) kubernetes/4cb5f07",
        durationUs: 2576,
        requestId: "ee7065ea-f1cf-4cd1-9632-a804dbf55ce1",
        count: 1,
      },
    ]);
  });
});

describe("an audit log with refusals and impersonation", () => {
  const rows = kept(ingest(sample("apiserver-1.36.4-crd-all-stages.audit.ndjson")));

  it("gives the right totals", () => {
    expect(count(rows.map(({ log }) => log))).toEqual({ "kubernetes-api-calls": 172, "user-events": 5 });
    const calls = rowsOf("kubernetes-api-calls", rows);
    expect(count(calls.map(({ verb }) => verb))).toEqual({
      get: 116,
      list: 16,
      create: 6,
      patch: 16,
      watch: 12,
      delete: 6,
    });
    expect(count(calls.map(({ status }) => status))).toEqual({
      undefined: 84,
      500: 1,
      404: 9,
      200: 73,
      201: 2,
      403: 2,
      409: 1,
    });
    expect(count(calls.map(({ user }) => user))).toEqual({ alice: 158, bob: 2, mallory: 12 });
  });

  it("keeps the real user and the last address of an impersonated call", () => {
    expect(
      plain(rows).filter(
        ({ auditId, stage }) =>
          auditId === "8f901f83-7534-4f4c-b732-c62e5ca126f9" && stage === "ResponseComplete",
      ),
    ).toEqual([
      {
        log: "kubernetes-api-calls",
        time: "2026-11-21T09:15:29.554423Z",
        auditId: "8f901f83-7534-4f4c-b732-c62e5ca126f9",
        stage: "ResponseComplete",
        user: "alice",
        groups: ["devs", "system:authenticated"],
        impersonatedUser: "bob",
        targetUser: "bob",
        cluster: "prod",
        namespace: "payments",
        resource: "widgets",
        apiGroup: "demo.example.com",
        verb: "list",
        accessMethod: "kubectl CLI",
        status: 200,
        durationUs: 3122,
        requestUri: "/apis/demo.example.com/v1/namespaces/payments/widgets?limit=500",
        userAgent: "kubectl/v1.36.4 (linux/amd64) kubernetes/bb826b1",
        clientAddress: "127.0.0.1",
        decision: "allow",
        reason: 'RBAC: allowed by ClusterRoleBinding "demo" of ClusterRole "admin" to User "bob"',
      },
    ]);
  });

  it("tells who impersonated whom and who was refused", () => {
    const events = rowsOf("user-events", rows);
    expect(
      events.map(({ time, user, action, resource, outcome, status }) => [
        time,
        user,
        action,
        resource,
        outcome,
        status,
      ]),
    ).toEqual([
      ["2026-11-21T09:15:29.541807Z", "alice", "impersonate", "prod/users/bob", "success", 200],
      ["2026-11-21T09:15:29.544916Z", "alice", "impersonate", "prod/users/bob", "success", 200],
      ["2026-11-21T09:15:29.554423Z", "alice", "impersonate", "prod/users/bob", "success", 200],
      ["2026-11-21T09:15:29.757702Z", "mallory", "list widgets", "prod/payments/widgets", "denied", 403],
      ["2026-11-21T09:15:29.865747Z", "mallory", "delete widgets", "prod/payments/widgets/w1", "denied", 403],
    ]);
    const refused = rowsOf("kubernetes-api-calls", rows).find(
      ({ auditId, stage }) =>
        auditId === "4209bfa2-a280-41ac-88ae-5784c0ed51a0" && stage === "ResponseComplete",
    );
    expect([refused?.decision, refused?.reason]).toEqual([
      "forbid",
      'widgets.demo.example.com "w1" is forbidden: User "mallory" cannot delete resource "widgets" in API group "demo.example.com" in the namespace "payments"',
    ]);
  });
});
