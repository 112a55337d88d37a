import type { IngestKind } from "@/lib/ingest/define.ts";

/** What a cluster's administrator pastes to have the API server post its audit events here. */
export const kubernetesInstructions: IngestKind["instructions"] = [
  {
    title: "/etc/kubernetes/daybook/webhook.yaml: where events go (HTTPS: no token is sent over plain HTTP)",
    language: "yaml",
    text: `apiVersion: v1
kind: Config
clusters:
  - name: daybook
    cluster:
      server: {url}
      # For a certificate that the node does not trust already:
      # certificate-authority: /etc/kubernetes/daybook/ca.crt
users:
  - name: kube-apiserver
    user:
      token: {token}
contexts:
  - name: daybook
    context:
      cluster: daybook
      user: kube-apiserver
current-context: daybook`,
  },
  {
    title:
      "/etc/kubernetes/daybook/policy.yaml: which requests are recorded, the first rule that fits decides",
    language: "yaml",
    text: `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: ["RequestReceived"]
rules:
  # Secrets, whoever reads them, and never with their contents.
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets"]
  # What the cluster asks and tells itself all day.
  - level: None
    users: ["system:kube-proxy", "system:kube-scheduler", "system:kube-controller-manager", "system:apiserver"]
    verbs: ["get", "list", "watch"]
  - level: None
    userGroups: ["system:nodes", "system:serviceaccounts:kube-system"]
    verbs: ["get", "list", "watch"]
  - level: None
    userGroups: ["system:nodes"]
    resources:
      - group: ""
        resources: ["nodes/status", "pods/status"]
  - level: None
    resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
      - group: coordination.k8s.io
        resources: ["leases"]
  - level: None
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/metrics"]
  # Who changed what decides who may do what: with the contents.
  - level: RequestResponse
    verbs: ["create", "update", "patch", "delete", "deletecollection"]
    resources:
      - group: rbac.authorization.k8s.io
  - level: Metadata`,
  },
  {
    title:
      "Flags of kube-apiserver (/etc/kubernetes/manifests/kube-apiserver.yaml; mount the folder into the pod)",
    language: "yaml",
    text: `- --audit-policy-file=/etc/kubernetes/daybook/policy.yaml
- --audit-webhook-config-file=/etc/kubernetes/daybook/webhook.yaml
- --audit-webhook-batch-max-wait=1s
- --audit-webhook-initial-backoff=2s`,
  },
  {
    title: "Post an audit log that was written to a file",
    language: "sh",
    text: `curl --fail-with-body -H 'Authorization: Bearer {token}' -H 'Content-Type: application/x-ndjson' \\
  --data-binary @/var/log/kubernetes/audit.log {url}`,
  },
];
