import { auditLog } from "@/lib/logs/views/audit-log.ts";

/** The 17 headers of the audit log, in their order. */
export const auditHeaders = Object.values(auditLog.columns).map(({ header }) => header) as AuditHeader[];

type AuditColumns = typeof auditLog.columns;
export type AuditField = keyof AuditColumns & string;
export type AuditHeader = AuditColumns[AuditField]["header"];

/** Which column of a file is which of the audit log: its place, from 0. */
export type ColumnMap = { readonly [header in AuditHeader]?: number };

/** Without these a row says too little. */
export const neededHeaders: readonly AuditHeader[] = [
  "Id",
  "TenantId",
  "Timestamp",
  "WorkflowId",
  "WorkflowType",
  "EventType",
  "Initiator",
  "InitiatorType",
  "OperationStatus",
];

/** Finds the columns of a file by its header row, whatever their order, case, blanks, dashes and underscores. */
export function suggestColumns(header: readonly string[]): ColumnMap {
  const plain = header.map(plainName);
  const found = auditHeaders.flatMap((name): [AuditHeader, number][] => {
    const exact = header.indexOf(name);
    const place = exact >= 0 ? exact : plain.indexOf(plainName(name));
    return place < 0 ? [] : [[name, place]];
  });
  return Object.fromEntries(found) as ColumnMap;
}

function plainName(name: string): string {
  return name.replace(/[\s_-]/g, "").toLowerCase();
}

/** The needed headers that no column is given for, and those of which one column has two. */
export function columnFaults(columns: ColumnMap): string[] {
  const missing = neededHeaders.filter((header) => columns[header] === undefined);
  const given = auditHeaders.filter((header) => columns[header] !== undefined);
  const twice = given.filter(
    (header, at) => given.findIndex((other) => columns[other] === columns[header]) < at,
  );
  return [
    ...(missing.length === 0
      ? []
      : [`${missing.join(", ")} ${missing.length === 1 ? "needs" : "need"} a column of the file`]),
    ...twice.map((header) => `${header} has a column that another has too`),
  ];
}

/** A map as a parameter of an address: the place of each of the 17, in their order, nothing for one that is missing. */
export function formatColumns(columns: ColumnMap): string {
  return auditHeaders.map((header) => columns[header] ?? "").join(",");
}

/** @returns undefined for a text that {@link formatColumns} does not write */
export function parseColumns(text: string): ColumnMap | undefined {
  const places = text.split(",");
  if (places.length !== auditHeaders.length || !places.every((place) => /^\d{0,3}$/.test(place)))
    return undefined;
  const found = auditHeaders.flatMap((header, at): [AuditHeader, number][] =>
    places[at] ? [[header, Number(places[at])]] : [],
  );
  return Object.fromEntries(found) as ColumnMap;
}
