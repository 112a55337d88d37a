import { v5 } from "uuid";

/** Records of every log at one time, for each of the users. Two worlds have the same record ids only at the same time. */
export function worldRecords(word: string, users: readonly string[], time: string): object[] {
  return users.flatMap((user, n) => {
    const base = { time, user };
    const id = (name: string): string => `${name} ${n} ${time}`;
    const connection = { target: `${word} target`, space: `${word} space`, targetUser: `${word} root` };
    const event = {
      log: "connection-events",
      ...base,
      ...connection,
      kind: "ssh",
      connectionRef: `${word} ref ${n}`,
    };
    return [
      {
        log: "commands",
        id: id("c"),
        ...base,
        ...connection,
        command: `echo ${word} ${n}`,
        connectionRef: `${word} ref ${n}`,
      },
      {
        ...{
          log: "session-requests",
          id: id("q"),
          ...base,
          ...connection,
          connectionRef: `${word} query ${n}`,
        },
        ...{ kind: "database", request: `SELECT '${word}'`, outcome: "success", database: word, error: word },
        ...{
          code: word,
          parameters: word,
          clientAddress: word,
          clientSoftware: word,
          host: word,
          method: word,
        },
      },
      { ...event, id: id("e1"), event: "open", clientAddress: word },
      { ...event, id: id("e2"), event: "closed", cause: `${word} cause` },
      {
        ...{
          log: "kubernetes-api-calls",
          id: id("k"),
          ...base,
          cluster: `${word} cluster`,
          namespace: word,
          name: word,
        },
        ...{
          verb: "delete",
          resource: "pods",
          requestUri: `/api/v1/namespaces/${word}/pods/${word}`,
          status: 200,
        },
        userAgent: "kubectl/v1.36.4 (linux/amd64) kubernetes/abc",
      },
      {
        ...{
          log: "user-events",
          id: id("u"),
          ...base,
          action: `${word}.read`,
          resource: `/${word}`,
          outcome: "success",
        },
        ...{ requestId: `${word}-request`, clientAddress: word },
        ...{ actorId: `${word}-actor`, actorName: `${word} key` },
      },
      {
        ...{
          log: "audit-log",
          id: id("a"),
          time,
          workflowId: v5(`${word} workflow`, v5.URL),
          workflowType: "epbpolicy:update",
        },
        ...{
          eventType: "epbpolicy:updated",
          eventDescription: `${word} says`,
          initiator: user,
          initiatorType: "tenant-user",
        },
        ...{
          target: `${word} target`,
          targetId: `${word}-id`,
          operationStatus: "success",
          customValues: { modifiedFields: [word] },
        },
      },
    ];
  });
}
