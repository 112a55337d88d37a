import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  context,
  ingest,
  kept,
  plain,
  sample,
  samples,
} from "@/lib/ingest/kinds/kubernetes-audit-fixture.ts";

describe("events of 2018", () => {
  const minikube = {
    user: "minikube-user",
    groups: ["system:masters", "system:authenticated"],
    targetUser: "system:masters",
    cluster: "prod",
    clientAddress: "192.168.99.1",
    accessMethod: "API",
    decision: "allow",
  };
  const pod = {
    namespace: "default",
    resource: "pods",
    name: "nginx-deployment-7998647bdf-phvq7",
    verb: "create",
    status: 101,
    stage: "ResponseStarted",
  };

  it.each([
    [
      "anonymous_creates_namespace_foo",
      [
        {
          ...minikube,
          log: "kubernetes-api-calls",
          time: "2018-10-25T13:58:49.730588Z",
          auditId: "841d3e6d-90d2-43df-8da4-684738bee3d5",
          stage: "ResponseComplete",
          user: "system:anonymous",
          resource: "namespaces",
          name: "foo",
          verb: "create",
          status: 201,
          durationUs: 5553,
          requestUri: "/api/v1/namespaces",
        },
      ],
    ],
    [
      "attach_pod",
      [
        {
          ...minikube,
          ...pod,
          log: "kubernetes-api-calls",
          time: "2018-10-26T13:42:46.764713Z",
          auditId: "14933b4e-7b09-4964-af09-b7987367e1ba",
          subresource: "attach",
          requestUri:
            "/api/v1/namespaces/default/pods/nginx-deployment-7998647bdf-phvq7/attach?container=nginx1&stderr=true&stdin=true&stdout=true",
          connectionRef: "14933b4e-7b09-4964-af09-b7987367e1ba",
        },
        {
          log: "connection-events",
          time: "2018-10-26T13:42:46.764713Z",
          user: "minikube-user",
          connectionRef: "14933b4e-7b09-4964-af09-b7987367e1ba",
          event: "open",
          outcome: "allowed",
          targetUser: "system:masters",
          target: "prod/default/nginx-deployment-7998647bdf-phvq7/nginx1",
          kind: "kubernetes",
          clientAddress: "192.168.99.1",
        },
      ],
    ],
    [
      "create_cluster_role_pod_exec",
      [
        {
          ...minikube,
          log: "kubernetes-api-calls",
          time: "2018-10-26T14:35:50.621493Z",
          auditId: "412a7809-4016-4228-a670-182be4bd18ec",
          stage: "ResponseComplete",
          resource: "clusterroles",
          name: "some-reader",
          apiGroup: "rbac.authorization.k8s.io",
          verb: "create",
          status: 201,
          durationUs: 6021,
          requestUri: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        },
        {
          log: "user-events",
          time: "2018-10-26T14:35:50.621493Z",
          user: "minikube-user",
          actorType: "user",
          action: "create clusterroles",
          resource: "prod/clusterroles/some-reader",
          outcome: "success",
          status: 201,
          clientAddress: "192.168.99.1",
          durationUs: 6021,
          requestId: "412a7809-4016-4228-a670-182be4bd18ec",
          count: 1,
        },
      ],
    ],
    [
      "create_deployment",
      [
        {
          ...minikube,
          log: "kubernetes-api-calls",
          time: "2018-10-26T13:07:36.905144Z",
          auditId: "c5be68f4-80b8-4159-adc4-76ddb195334e",
          stage: "ResponseComplete",
          namespace: "default",
          resource: "deployments",
          name: "nginx-deployment",
          apiGroup: "extensions",
          verb: "create",
          status: 201,
          durationUs: 6298,
          requestUri: "/apis/extensions/v1beta1/namespaces/default/deployments",
        },
      ],
    ],
    [
      "create_secret",
      [
        {
          ...minikube,
          log: "kubernetes-api-calls",
          time: "2020-04-21T17:57:05.541358Z",
          auditId: "55a81824-ab56-46c5-8b02-96336f5e78d7",
          stage: "ResponseComplete",
          namespace: "default",
          resource: "secrets",
          name: "example-secret",
          verb: "create",
          status: 201,
          durationUs: 6941,
          requestUri: "/api/v1/namespaces/default/secrets",
          accessMethod: "kubectl CLI",
          clientAddress: "192.168.64.1",
          userAgent: "kubectl/v1.17.3 (darwin/amd64) kubernetes/06ad960",
        },
        {
          log: "user-events",
          time: "2020-04-21T17:57:05.541358Z",
          user: "minikube-user",
          actorType: "user",
          action: "create secrets",
          resource: "prod/default/secrets/example-secret",
          outcome: "success",
          status: 201,
          clientAddress: "192.168.64.1",
          userAgent: "kubectl/v1.17.3 (darwin/amd64) kubernetes/06ad960",
          durationUs: 6941,
          requestId: "55a81824-ab56-46c5-8b02-96336f5e78d7",
          count: 1,
        },
      ],
    ],
    [
      "delete_namespace_foo",
      [
        {
          ...minikube,
          log: "kubernetes-api-calls",
          time: "2018-10-26T13:00:25.241677Z",
          auditId: "693f4726-2430-450a-83e1-123c050fde98",
          stage: "ResponseComplete",
          namespace: "foo",
          resource: "namespaces",
          name: "foo",
          verb: "delete",
          status: 200,
          durationUs: 5250,
          requestUri: "/api/v1/namespaces/foo",
        },
      ],
    ],
    [
      "exec_pod",
      [
        {
          ...minikube,
          ...pod,
          log: "kubernetes-api-calls",
          time: "2018-10-26T13:38:34.867116Z",
          auditId: "ca1ed9f4-7bf4-4c85-81a8-1b11253d1ba6",
          subresource: "exec",
          command: "bash",
          requestUri:
            "/api/v1/namespaces/default/pods/nginx-deployment-7998647bdf-phvq7/exec?command=bash&container=nginx1&container=nginx1&stdin=true&stdout=true&tty=true",
          connectionRef: "ca1ed9f4-7bf4-4c85-81a8-1b11253d1ba6",
        },
        {
          log: "connection-events",
          time: "2018-10-26T13:38:34.867116Z",
          user: "minikube-user",
          connectionRef: "ca1ed9f4-7bf4-4c85-81a8-1b11253d1ba6",
          event: "open",
          outcome: "allowed",
          targetUser: "system:masters",
          target: "prod/default/nginx-deployment-7998647bdf-phvq7/nginx1",
          kind: "kubernetes",
          clientAddress: "192.168.99.1",
        },
        {
          log: "commands",
          time: "2018-10-26T13:38:34.867116Z",
          user: "minikube-user",
          target: "prod/default/nginx-deployment-7998647bdf-phvq7/nginx1",
          targetUser: "system:masters",
          command: "bash",
          connectionRef: "ca1ed9f4-7bf4-4c85-81a8-1b11253d1ba6",
          outcome: "accepted",
          origin: "reported",
          clientAddress: "192.168.99.1",
        },
      ],
    ],
  ])("%s", (file, expected) => {
    expect(plain(kept(ingest(sample(`falco-2018/${file}.json`))))).toEqual(expected);
  });

  it("take the time where the form has it", () => {
    const event = {
      auditID: "a",
      stage: "ResponseComplete",
      requestURI: "/x",
      verb: "get",
      user: { username: "u" },
    };
    const timeOf = (fields: object) =>
      ingest(new TextEncoder().encode(JSON.stringify({ ...event, ...fields })))[0]?.rows[0]?.row.time;
    expect(timeOf({ timestamp: "2018-10-25T13:58:49Z", metadata: { creationTimestamp: null } })).toBe(
      "2018-10-25T13:58:49Z",
    );
    expect(timeOf({ requestReceivedTimestamp: null, stageTimestamp: "2018-10-25T13:58:49.000001Z" })).toBe(
      "2018-10-25T13:58:49.000001Z",
    );
    expect(timeOf({ requestReceivedTimestamp: "2026-01-01T01:30:00.123456789+02:00" })).toBe(
      "2025-12-31T23:30:00.123456Z",
    );
  });
});

describe("an exec of which only ResponseComplete was recorded (minikube 1.26)", () => {
  it("opens, runs its command and closes", () => {
    const connectionRef = "57a794de-44d3-40ee-a0ad-c0eb096eef6c";
    const who = {
      user: "minikube-user",
      targetUser: "system:masters",
      target: "edge/foo/test-pod-1/centos",
      connectionRef,
      clientAddress: "192.168.49.1",
    };
    const software = "kubectl/v1.26.0 (linux/amd64) kubernetes/b46a3f8";
    const rows = kept(
      ingest(sample("minikube-2023/exec_pod.ndjson"), { ...context, settings: { cluster: "edge" } }),
    );
    expect(plain(rows)).toEqual([
      {
        log: "kubernetes-api-calls",
        time: "2023-05-17T15:08:22.763960Z",
        auditId: connectionRef,
        stage: "ResponseComplete",
        user: "minikube-user",
        groups: ["system:masters", "system:authenticated"],
        targetUser: "system:masters",
        cluster: "edge",
        namespace: "foo",
        resource: "pods",
        subresource: "exec",
        name: "test-pod-1",
        verb: "create",
        accessMethod: "kubectl CLI",
        status: 101,
        durationUs: 7855950,
        requestUri:
          "/api/v1/namespaces/foo/pods/test-pod-1/exec?command=%2Fbin%2Fbash&container=centos&stdin=true&stdout=true&tty=true",
        userAgent: software,
        clientAddress: "192.168.49.1",
        command: "/bin/bash",
        decision: "allow",
        connectionRef,
      },
      {
        ...who,
        log: "connection-events",
        time: "2023-05-17T15:08:22.763960Z",
        event: "open",
        outcome: "allowed",
        kind: "kubernetes",
        clientSoftware: software,
      },
      {
        ...who,
        log: "commands",
        time: "2023-05-17T15:08:22.763960Z",
        command: "/bin/bash",
        outcome: "accepted",
        origin: "reported",
      },
      {
        ...who,
        log: "connection-events",
        time: "2023-05-17T15:08:30.619910Z",
        event: "closed",
        outcome: "allowed",
        kind: "kubernetes",
        clientSoftware: software,
      },
    ]);
  });
});

describe("what the webhook posts", () => {
  const bodies = readdirSync(new URL("webhook-bodies/", samples)).sort();

  it("is cut into the exact bytes of its items", () => {
    expect(bodies.map((file) => ingest(sample(`webhook-bodies/${file}`)).length)).toEqual([
      4, 4, 4, 10, 8, 58, 32, 1,
    ]);
    for (const file of bodies) {
      const body = new TextDecoder().decode(sample(`webhook-bodies/${file}`));
      const items = ingest(sample(`webhook-bodies/${file}`)).map(({ raw }) => new TextDecoder().decode(raw));
      expect(body).toBe(
        `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(",")}]}\n`,
      );
    }
  });

  it("has the same ids and bytes when it is sent again", () => {
    const [first, ...again] = ["1", "2", "3"].map((number) =>
      ingest(sample(`webhook-bodies/hook-body-${number}.json`)),
    );
    expect(first?.map(({ id }) => id)).toEqual([
      "1c8f1329-cb20-499e-b4bb-10610006fc0f/RequestReceived",
      "1c8f1329-cb20-499e-b4bb-10610006fc0f/ResponseComplete",
      "489d9b88-f635-4111-a200-1de2a03d1af2/RequestReceived",
      "489d9b88-f635-4111-a200-1de2a03d1af2/ResponseComplete",
    ]);
    expect(again).toEqual([first, first]);
  });

  it("becomes rows", () => {
    const who = {
      log: "kubernetes-api-calls",
      user: "alice",
      groups: ["devs", "oncall", "system:authenticated"],
      targetUser: "devs, oncall",
      cluster: "prod",
      verb: "get",
      accessMethod: "API",
      userAgent: "curl/7.88.1",
      clientAddress: "127.0.0.1",
    };
    const ready = {
      ...who,
      time: "2026-11-21T09:14:14.178196Z",
      auditId: "1c8f1329-cb20-499e-b4bb-10610006fc0f",
      requestUri: "/readyz",
    };
    const apis = {
      ...who,
      time: "2026-11-21T09:14:14.193555Z",
      auditId: "489d9b88-f635-4111-a200-1de2a03d1af2",
      requestUri: "/apis",
    };
    expect(plain(kept(ingest(sample("webhook-bodies/hook-body-1.json"))))).toEqual([
      { ...ready, stage: "RequestReceived" },
      { ...ready, stage: "ResponseComplete", status: 500, durationUs: 2220, decision: "allow" },
      { ...apis, stage: "RequestReceived" },
      {
        ...apis,
        stage: "ResponseComplete",
        status: 404,
        durationUs: 5907,
        decision: "allow",
        reason: 'RBAC: allowed by ClusterRoleBinding "demo" of ClusterRole "admin" to User "alice"',
      },
    ]);
    const [watch] = plain(kept(ingest(sample("webhook-bodies/hook-body-8.json"))));
    expect(watch).toMatchObject({
      verb: "watch",
      namespace: "payments",
      resource: "widgets",
      status: 200,
      durationUs: 3003753,
      requestUri:
        "/apis/demo.example.com/v1/namespaces/payments/widgets?resourceVersion=13&timeout=3s&watch=true",
    });
  });
});
