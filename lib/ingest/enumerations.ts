/** The closed lists of the record, apart from its schemas: pages need the one without the other. */

export const connectionKinds = [
  "ssh",
  "kubernetes",
  "database",
  "http",
  "docker",
  "ssm",
  "ec2",
  "ecs",
  "sudo",
  "other",
] as const;

/** The kind of a connection that a text names. */
export function connectionKindOf(text: string): (typeof connectionKinds)[number] | undefined {
  return connectionKinds.find((kind) => kind === text);
}

export const connectionEventTypes = ["open", "closed", "connected", "disconnected"] as const;

/** Sessions that consist of requests. */
export const requestKinds = ["database", "http"] as const;

export const requestOutcomes = ["success", "failure", "denied", "started"] as const;

export const accessMethods = ["browser", "kubectl CLI", "API"] as const;

export const kubernetesStages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;

export const operationStatuses = ["success", "failure", "warning", "inProgress"] as const;

export const initiatorTypes = [
  "tenant-user",
  "system-user",
  "system",
  "external-system",
  "vsa-user",
  "anonymous",
] as const;
