import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assignCommands, describeCommand, type KubernetesCall } from "@/lib/ingest/kubernetes-commands.ts";
import { processorMs } from "@/lib/test-time.ts";

const samples = new URL("../../samples/kubernetes-audit/", import.meta.url);

const micros = (time: string) =>
  Date.parse(`${time.slice(0, 19)}Z`) * 1000 + Number(time.slice(20, -1).padEnd(6, "0"));

/** The calls of an audit log, stages merged, in the order in which their last stages were written. */
function sampleCalls(file: string): KubernetesCall[] {
  const calls = new Map<string, KubernetesCall>();
  for (const line of readFileSync(new URL(file, samples), "utf8").trim().split("\n")) {
    const event = JSON.parse(line);
    const { apiGroup, namespace, resource, subresource, name } = event.objectRef ?? {};
    calls.delete(event.auditID);
    calls.set(event.auditID, {
      auditId: event.auditID,
      time: event.requestReceivedTimestamp,
      cluster: "lab",
      user: event.user.username,
      impersonatedUser: event.impersonatedUser?.username,
      clientAddress: event.sourceIPs.at(-1),
      userAgent: event.userAgent,
      verb: event.verb,
      ...{ apiGroup, namespace, resource, subresource, name },
      requestUri: event.requestURI,
      status: event.responseStatus?.code,
      durationUs:
        event.stage === "ResponseComplete"
          ? micros(event.stageTimestamp) - micros(event.requestReceivedTimestamp)
          : undefined,
    });
  }
  return [...calls.values()];
}

/** All steps at once. @returns the command of each new call */
function assign(...given: Parameters<typeof assignCommands>): Map<string, string> {
  const steps = assignCommands(...given);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const told = (calls: readonly KubernetesCall[], assigned: ReadonlyMap<string, string>) => {
  const byId = new Map<string, KubernetesCall[]>();
  for (const call of [...calls].sort((a, b) => micros(a.time) - micros(b.time))) {
    const id = assigned.get(call.auditId);
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), call]);
  }
  return [...byId.values()].map((own) => {
    const { command, outcome } = describeCommand(own);
    return `${own[0]?.user} ${own.length} ${outcome}: ${command}`;
  });
};

const newId = ({ auditId }: KubernetesCall) => `of ${auditId}`;

/** What was typed while the log was written, in that order, with the number of calls each made. */
const typed = [
  "alice 1 success: kubectl get pods -n default",
  "alice 1 success: kubectl get pods -A",
  "alice 1 success: kubectl get pod web-1 -n default",
  "alice 1 success: kubectl get pods -l app=web --field-selector status.phase=Running -n default",
  "alice 2 success: kubectl get pods,deployments -n default",
  "alice 2 success: kubectl get pods -w -n default",
  "alice 1 success: kubectl get nodes",
  "alice 3 success: kubectl describe pod web-1 -n default",
  "alice 2 success: kubectl logs web-1 -c app -n default",
  "alice 2 success: kubectl logs web-1 -c app -f --tail=10 --since=3600s -n default",
  "bob 2 success: kubectl exec web-1 -c app -n default -- ls -la /tmp",
  "bob 2 success: kubectl exec web-1 -c app -n default -- sh -c 'cat /etc/passwd | wc -l; id'",
  "bob 2 success: kubectl attach web-1 -c app -n default",
  "bob 2 success: kubectl cp web-1:/etc/hosts … -c app -n default",
  "bob 4 success: kubectl cp … web-1:/tmp/m.yaml -c app -n default",
  "bob 4 failure: kubectl port-forward pod/web-1 … -n default",
  "carol 2 success: kubectl apply configmap cfg -n default",
  "carol 1 success: kubectl apply --server-side configmap cfg -n default",
  "carol 1 success: kubectl create configmap … -n default",
  "carol 1 success: kubectl create secret … -n default",
  "carol 2 success: kubectl replace configmap cfg -n default",
  "carol 2 success: kubectl patch configmap cfg … -n default",
  "carol 2 success: kubectl label pod web-1 … -n default",
  "carol 2 success: kubectl annotate pod web-1 … -n default",
  "carol 2 success: kubectl scale deployment web … -n default",
  "carol 2 success: kubectl set … deployment web -n default",
  "carol 2 success: kubectl rollout … deployment web -n default",
  "carol 3 success: kubectl rollout status deployment web -n default",
  "carol 1 success: kubectl delete pod web-1 -n default",
  "carol 1 success: kubectl delete configmap cfg -n default",
  "carol 2 success: kubectl delete pods --all -n default",
  "carol 1 success: kubectl run … -n default",
  "carol 7 success: kubectl drain n1",
  "carol 2 success: kubectl cordon n1",
  "carol 2 success: kubectl taint node n1 …",
  "carol 1 failure: kubectl auth can-i …",
  "carol 2 failure: kubectl debug pod web-1 -n default",
  "carol 2 success: kubectl expose pod web-1 -n default",
  "alice 1 success: kubectl get secret s1 -n default",
  "alice 1 success: kubectl get pods -n default",
  "alice 3 success: kubectl wait pod web-1 -n default",
  "bob 2 success: kubectl exec -it web-1 -c app -n default -- sh",
  "alice 1 success: kubectl get pods -n default",
  "alice 1 success: kubectl get pods -A",
  "alice 1 success: kubectl get pod web-1 -n default",
  "alice 1 success: kubectl get pods -l app=web --field-selector status.phase=Running -n default",
  "alice 2 success: kubectl get pods,deployments -n default",
  "alice 2 success: kubectl get pods -w -n default",
  "alice 1 success: kubectl get nodes",
  "alice 3 success: kubectl describe pod web-1 -n default",
  "alice 2 success: kubectl logs web-1 -c app -n default",
  "alice 2 success: kubectl logs web-1 -c app -f --tail=10 --since=3600s -n default",
  "bob 2 success: kubectl exec web-1 -c app -n default -- ls -la /tmp",
  // The log ends before the exec that this read belongs to.
  "bob 1 success: kubectl get pod web-1 -n default",
];

describe("audit logs of real API servers", () => {
  it("gives the commands that were typed", () => {
    const calls = sampleCalls("kubectl-pods-exec.part1.audit.ndjson");
    expect(told(calls, assign(calls, newId))).toEqual(typed);
  });

  it("tells failures, refusals, impersonation and objects of custom types", () => {
    const calls = sampleCalls("apiserver-1.36.4-crd-all-stages.audit.ndjson");
    expect(told(calls, assign(calls, newId))).toEqual([
      "alice 1 success: kubectl create customresourcedefinition widgets.demo.example.com",
      "alice 1 success: kubectl get customresourcedefinitions",
      "alice 3 success: kubectl apply widget w1 -n payments",
      "alice 1 success: kubectl get widgets -n payments",
      "alice 1 success: kubectl get widgets -l app=web -A",
      "alice 1 success: kubectl get widget w1 -n payments",
      "alice 2 success: kubectl apply widget w1 -n payments",
      "alice 4 success: kubectl apply --server-side --force-conflicts widget w1 -n payments",
      "alice 2 success: kubectl patch widget w1 … -n payments",
      "alice 2 success: kubectl label widget w1 … -n payments",
      "alice 2 success: kubectl scale widget w1 … -n payments",
      "alice 5 success: kubectl get widgets -w -n payments",
      "alice 2 failure: kubectl get widget nope -n payments",
      "alice 1 success: kubectl get widgets -n payments --as=bob",
      "alice 1 success: kubectl delete widget w1 -n payments",
      "mallory 1 denied: kubectl get widgets -n payments",
      "mallory 1 denied: kubectl delete widget w1 -n payments",
      "alice 1 failure: kubectl create widget w1 -n payments",
      "alice 1 success: kubectl delete widget w1 -n payments",
      "alice 1 success: kubectl get widgets -n payments",
    ]);
  });

  it.each([1, 4, 25])("assigns the same in batches of %d", (size) => {
    const calls = sampleCalls("kubectl-pods-exec.part1.audit.ndjson");
    const stored: (KubernetesCall & { commandId?: string | undefined })[] = [];
    for (let at = 0; at < calls.length; at += size) {
      const batch = calls.slice(at, at + size);
      const assigned = assign([...stored, ...batch], newId);
      for (const call of batch) stored.push({ ...call, commandId: assigned.get(call.auditId) });
    }
    const assigned = new Map(
      stored.flatMap(({ auditId, commandId }) =>
        commandId === undefined ? [] : [[auditId, commandId] as const],
      ),
    );
    expect(told(calls, assigned)).toEqual(typed);
  });
});

const base: KubernetesCall = {
  auditId: "",
  time: "2026-11-21T09:00:00.000000Z",
  cluster: "lab",
  user: "ann",
  clientAddress: "203.0.113.9",
  userAgent: "kubectl/v1.36.4 (linux/amd64) kubernetes/bb826b1",
  verb: "get",
  resource: "pods",
  namespace: "d",
  name: "web",
  requestUri: "/api/v1/namespaces/d/pods/web",
  status: 200,
  durationUs: 1000,
};

function call(auditId: string, ms: number, fields: Partial<KubernetesCall> = {}): KubernetesCall {
  return {
    ...base,
    auditId,
    time: new Date(Date.parse("2026-11-21T09:00:00Z") + ms).toISOString(),
    ...fields,
  };
}

const exec = (command: string): Partial<KubernetesCall> => ({
  subresource: "exec",
  requestUri: `/api/v1/namespaces/d/pods/web/exec?command=${command}&container=c`,
  status: 101,
  durationUs: null,
});

describe("assignCommands", () => {
  it("leaves out other programs, the cluster's own accounts and discovery", () => {
    const calls = [
      call("helm", 0, { userAgent: "Helm/3.16" }),
      call("kubelet", 0, { userAgent: "kubelet/v1.36.4", user: "system:node:n1" }),
      call("controller", 0, { user: "system:serviceaccount:kube-system:job" }),
      call("api", 0, {
        requestUri: "/apis/apps/v1?timeout=32s",
        resource: null,
        name: null,
        namespace: null,
      }),
      call("nobody", 0, { userAgent: null }),
      call("k3s", 0, { user: "system:admin" }),
      call("raw", 0, { requestUri: "/metrics", resource: undefined, name: undefined, namespace: undefined }),
    ];
    const assigned = assign(calls, newId);
    expect([...assigned.keys()].sort()).toEqual(["k3s", "raw"]);
    expect(
      describeCommand([
        call("raw", 0, { requestUri: "/metrics", resource: null, name: null, namespace: null }),
      ]).command,
    ).toBe("kubectl get --raw /metrics");
  });

  it("never joins calls of different people, addresses, programs or clusters", () => {
    const calls = [
      call("a", 0),
      call("b", 5, { ...exec("id"), user: "bob" }),
      call("c", 6, { ...exec("id"), clientAddress: "203.0.113.10" }),
      call("d", 7, { ...exec("id"), userAgent: "kubectl/v1.32.4" }),
      call("e", 8, { ...exec("id"), cluster: "other" }),
      call("f", 9, { ...exec("id"), impersonatedUser: "bob" }),
    ];
    expect(new Set(assign(calls, newId).values()).size).toBe(6);
  });

  it("keeps apart two terminals of one person", () => {
    const calls = [
      call("a1", 0),
      call("b1", 150, { name: "db", requestUri: "/api/v1/namespaces/d/pods/db", resource: "services" }),
      call("a2", 160, exec("bash")),
      call("b2", 900, {
        name: "db",
        verb: "patch",
        resource: "services",
        requestUri: "/api/v1/namespaces/d/services/db?fieldManager=kubectl-edit",
      }),
    ];
    const assigned = assign([call("a1", 0), ...calls.slice(1)], newId);
    expect(assigned.get("a2")).toBe("of a1");
    expect(assigned.get("b2")).toBe(assigned.get("b1"));
  });

  it("finds the command of a call that comes late", () => {
    const first = { ...call("exec", 12, exec("id")), commandId: "known" };
    expect(assign([first, call("read", 5)], newId)).toEqual(new Map([["read", "known"]]));
    expect(assign([first, call("read", -5000)], newId)).toEqual(new Map([["read", "of read"]]));
    expect(assign([first, call("read", 2000)], newId)).toEqual(new Map([["read", "of read"]]));
  });

  it("goes on with an edit after minutes and with a watch that still runs", () => {
    const edit = call("write", 300_000, {
      verb: "patch",
      requestUri: `${base.requestUri}?fieldManager=kubectl-edit`,
    });
    expect(assign([call("read", 0), edit], newId).get("write")).toBe("of read");
    const list = { verb: "list", name: null, requestUri: "/api/v1/namespaces/d/pods?limit=500" };
    const watch = {
      verb: "watch",
      name: null,
      requestUri: "/api/v1/namespaces/d/pods?watch=true&resourceVersion=1",
    };
    const calls = [
      call("list", 0, list),
      call("watch", 5, { ...watch, durationUs: undefined }),
      call("again", 400_000, watch),
    ];
    expect(new Set(assign(calls, newId).values())).toEqual(new Set(["of list"]));
  });

  it("starts anew where kubectl asked again what the server offers", () => {
    const discovery = { requestUri: "/api/v1?timeout=32s", resource: null, name: null, namespace: null };
    const calls = [call("a", 0), call("x", 20, discovery), call("b", 40)];
    expect(assign(calls, newId).get("b")).toBe("of b");
    expect(assign([call("a", 0), call("b", 40)], newId).get("b")).toBe("of a");
  });

  it("stays fast with many calls of one client", () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      call(`c${i}`, i * 2, { name: `p${i}`, requestUri: `/api/v1/namespaces/d/pods/p${i}` }),
    );
    const started = processorMs();
    assign(many, newId);
    expect(processorMs() - started).toBeLessThan(15_000);
  });
});

describe("describeCommand", () => {
  it("quotes what attackers put into names and arguments", () => {
    const hostile = call("a", 0, {
      ...exec("sh&command=-c&command=a%27b%0A%1b%5B2J%E2%80%AEx%00"),
      impersonatedUser: "x y",
    });
    expect(describeCommand([hostile]).command).toBe(
      "kubectl exec web -c c -n d '--as=x y' -- sh -c $'a\\'b\\n\\e[2J\\u202ex\\x00'",
    );
  });

  it("does not take what failed and was tried again for a failure", () => {
    const refused = call("a", 0, { ...exec("id"), status: 400, durationUs: 100 });
    const again = call("b", 1, { ...exec("id"), verb: "create" });
    expect(describeCommand([refused, again]).outcome).toBe("success");
    expect(describeCommand([{ ...refused, status: 403 }]).outcome).toBe("denied");
  });
});
