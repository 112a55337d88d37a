import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assignCommands, describeCommand, type KubernetesCall } from "@/lib/ingest/kubernetes-commands.ts";

/** All steps at once. @returns the command of each new call */
function assign(...given: Parameters<typeof assignCommands>): Map<string, string> {
  const steps = assignCommands(...given);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const samples = new URL("../../samples/kubernetes-audit/", import.meta.url);

/** What the API server makes of a request: its verb and the object in its path. */
function resolve(
  method: string,
  uri: string,
): Pick<KubernetesCall, "verb" | "resource" | "subresource" | "apiGroup" | "namespace" | "name"> {
  const [path = "", query = ""] = uri.split("?");
  const parts = path.split("/").filter((part) => part !== "");
  const grouped = parts[0] === "apis";
  const rest = parts.slice(grouped ? 3 : 2);
  if ((parts[0] !== "api" && !grouped) || rest.length === 0) return { verb: method.toLowerCase() };
  const namespace = rest[0] === "namespaces" && rest.length > 2 ? rest[1] : undefined;
  const [resource, name, subresource] = namespace === undefined ? rest : rest.slice(2);
  const watch = new URLSearchParams(query).get("watch") === "true";
  const verbs: Record<string, string> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };
  const verb = verbs[method] ?? (watch ? "watch" : name === undefined ? "list" : "get");
  return { verb, resource, subresource, apiGroup: grouped ? parts[1] : undefined, namespace, name };
}

type Invocation = { line: string; requests: { method: string; uri: string; upgrade: boolean }[] };

/** The uses of kubectl in the capture that reached the server with more than discovery. */
function invocations(): Invocation[] {
  const found: Invocation[] = [];
  for (const line of readFileSync(new URL("kubectl-fingerprints.txt", samples), "utf8").split("\n")) {
    const command = /^\$ (kubectl .*)$/.exec(line);
    if (command?.[1]) found.push({ line: command[1], requests: [] });
    const request = /^ +(UPGRADE\S* )?(GET|POST|PUT|PATCH|DELETE) (\S+) \| cmd= kubectl /.exec(line);
    if (request?.[2] && request[3])
      found.at(-1)?.requests.push({ method: request[2], uri: request[3], upgrade: request[1] !== undefined });
  }
  return found.filter(({ requests }) => requests.length > 0);
}

/** Calls some milliseconds apart within a command, and `gap` milliseconds from the end of one to the next. */
function replay(list: readonly Invocation[], gap: number): { line: string; calls: KubernetesCall[] }[] {
  let at = Date.parse("2026-11-21T09:00:00Z");
  let id = 0;
  return list.map(({ line, requests }) => {
    const calls = requests.map(({ method, uri, upgrade }, index): KubernetesCall => {
      at += 3 + (index % 5);
      const failed = uri.includes("/portforward");
      const call = {
        auditId: `call-${String(++id).padStart(4, "0")}`,
        time: new Date(at).toISOString(),
        cluster: "lab",
        user: "ann",
        clientAddress: "203.0.113.9",
        userAgent: "kubectl/v1.36.4 (linux/amd64) kubernetes/bb826b1",
        requestUri: uri,
        status: upgrade ? (failed ? 400 : 101) : 200,
        durationUs: 2000,
        impersonatedUser: line.includes("--as=bob") ? "bob" : undefined,
        ...resolve(method, uri),
      };
      at += 2;
      return call;
    });
    at += gap;
    return { line, calls };
  });
}

/** Verb, object and namespace that each invocation of the capture must be read as. */
const expected: Record<
  string,
  [verb: string, resource: string, name?: string | undefined, namespace?: string]
> = {
  "kubectl get pods": ["get", "pods", undefined, "default"],
  "kubectl get pods -A": ["get", "pods"],
  "kubectl get pod web-1 -o yaml": ["get", "pods", "web-1", "default"],
  "kubectl get pods -l app=web --field-selector status.phase=Running": ["get", "pods", undefined, "default"],
  "kubectl get pods,deploy": ["get", "pods,deployments", undefined, "default"],
  "kubectl get pods -w --request-timeout=2s": ["get", "pods", undefined, "default"],
  "kubectl get nodes": ["get", "nodes"],
  "kubectl describe pod web-1": ["describe", "pods", "web-1", "default"],
  "kubectl logs web-1": ["logs", "pods", "web-1", "default"],
  "kubectl logs -f web-1 -c app --tail=10 --since=1h": ["logs", "pods", "web-1", "default"],
  "kubectl exec web-1 -- ls -la /tmp": ["exec", "pods", "web-1", "default"],
  "kubectl exec web-1 -- sh -c cat /etc/passwd | wc -l; id": ["exec", "pods", "web-1", "default"],
  "kubectl exec -it web-1 -c app -- sh (tty)": ["exec", "pods", "web-1", "default"],
  "kubectl attach web-1 -c app": ["attach", "pods", "web-1", "default"],
  "kubectl cp web-1:/etc/hosts /kf/hosts": ["cp", "pods", "web-1", "default"],
  "kubectl cp /kf/m.yaml web-1:/tmp/m.yaml": ["cp", "pods", "web-1", "default"],
  "kubectl port-forward pod/web-1 18999:80": ["port-forward", "pods", "web-1", "default"],
  "kubectl apply -f /kf/m.yaml --validate=false": ["apply", "configmaps", "cfg", "default"],
  "kubectl apply --server-side -f /kf/m.yaml --validate=false": ["apply", "configmaps", "cfg", "default"],
  "kubectl create configmap newcm --from-literal=a=1": ["create", "configmaps", undefined, "default"],
  "kubectl create secret generic s2 --from-literal=p=secret": ["create", "secrets", undefined, "default"],
  "kubectl replace -f /kf/m.yaml --validate=false": ["replace", "configmaps", "cfg", "default"],
  'kubectl patch configmap cfg -p {"data":{"a":"3"}}': ["patch", "configmaps", "cfg", "default"],
  "kubectl label pod web-1 x=y": ["label", "pods", "web-1", "default"],
  "kubectl annotate pod web-1 x=y": ["annotate", "pods", "web-1", "default"],
  "kubectl scale deploy web --replicas=3": ["scale", "deployments", "web", "default"],
  "kubectl set image deploy/web app=nginx:2": ["set", "deployments", "web", "default"],
  "kubectl rollout restart deploy/web": ["rollout", "deployments", "web", "default"],
  "kubectl rollout status deploy/web --timeout=1s": ["rollout status", "deployments", "web", "default"],
  "kubectl delete pod web-1 --wait=false": ["delete", "pods", "web-1", "default"],
  "kubectl delete configmap cfg --dry-run=server": ["delete", "configmaps", "cfg", "default"],
  "kubectl delete pods --all --wait=false": ["delete", "pods", "web-1", "default"],
  "kubectl run tmp --image=busybox --restart=Never": ["run", "pods", undefined, "default"],
  "kubectl drain n1 --force --ignore-daemonsets --timeout=2s": ["drain", "nodes", "n1"],
  "kubectl cordon n1": ["cordon", "nodes", "n1"],
  "kubectl taint node n1 k=v:NoSchedule": ["taint", "nodes", "n1"],
  "kubectl auth can-i get pods": ["auth can-i", "selfsubjectaccessreviews"],
  "kubectl debug web-1 --image=busybox -- sh": ["debug", "pods", "web-1", "default"],
  "kubectl expose pod web-1 --port=80": ["expose", "pods", "web-1", "default"],
  "kubectl get secret s1 -o yaml": ["get", "secrets", "s1", "default"],
  "kubectl get pods --as=bob --as-group=devs": ["get", "pods", undefined, "default"],
  "kubectl wait --for=condition=Ready pod/web-1 --timeout=1s": ["wait", "pods", "web-1", "default"],
};

describe("the captured uses of kubectl 1.32 and 1.36", () => {
  const captured = invocations();

  it("are all expected", () => {
    expect(captured.length).toBe(84);
    expect(
      [...new Set(captured.map(({ line }) => line))].filter((line) => expected[line] === undefined),
    ).toEqual([]);
  });

  it.each([3000, 400, 120])("become one command each, with its verb and object, %d ms apart", (gap) => {
    const replayed = replay(captured, gap);
    const calls = replayed.flatMap((invocation) => invocation.calls);
    const assigned = assign(calls, ({ auditId }) => `of ${auditId}`);
    const wrong = replayed.flatMap(({ line, calls: all }) => {
      const own = all.filter(({ requestUri }) => !requestUri.startsWith("/openapi"));
      const ids = new Set(own.map(({ auditId }) => assigned.get(auditId)));
      const [id] = ids;
      const whole = ids.size === 1 && [...assigned].filter(([, other]) => other === id).length === own.length;
      const seen = describeCommand(own);
      const want = expected[line];
      const right =
        JSON.stringify([seen.verb, seen.resource, seen.name, seen.namespace]) ===
        JSON.stringify([want?.[0], want?.[1], want?.[2], want?.[3]]);
      return whole && right ? [] : [{ line, whole, seen }];
    });
    // debug of 1.36 was captured without its patch: a pod that is read and nothing else.
    expect(wrong.map(({ line }) => line)).toEqual(["kubectl debug web-1 --image=busybox -- sh"]);
    expect(wrong.length / captured.length).toBeLessThan(0.05);
  });
});
