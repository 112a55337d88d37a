import "server-only";
import type { PoolClient } from "pg";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { pool } from "@/lib/db/client.ts";
import { badRequest, notFound, Problem } from "@/lib/http/problem.ts";
import { hostListOverlap } from "../host-list.ts";
import { givenSettings, isSettingOf, type SourceWish, settingFaults } from "../source-wish.ts";
import { createSource, renewSourceToken, setSourceDisabled, setSourceSettings } from "./manage.ts";

type Made = { id: string; token: string; tokenPrefix: string };

export type NewSource = { id: string; name: string; kind: string; token: string };

/** Makes a source; its token is in the answer and nowhere else. @throws Problem 409 when the name is taken */
export async function addSource(principal: Principal, wish: SourceWish): Promise<NewSource> {
  const state = { name: wish.name, kind: wish.kind, settings: wish.settings };
  try {
    const made = await runWorkflow<Made>(
      {
        actor: actorOf(principal),
        workflowType: "source:creation",
        target: { name: wish.name },
        custom: state,
        updated: ({ id, tokenPrefix }) => ({ id, ...state, tokenPrefix }),
      },
      async (client) => {
        await requireOwnHosts(client, principal.organizationId, wish);
        return createSource(client, principal.organizationId, wish);
      },
    );
    return { id: made.id, name: wish.name, kind: wish.kind, token: made.token };
  } catch (error) {
    throw isNameTaken(error)
      ? new Problem(409, `There is a source named ${wish.name} already.`, {
          errors: [{ parameter: "name", reason: "is taken" }],
        })
      : error;
  }
}

/** Whether a new source failed because the organization has one of its name. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23505";
}

/** Replaces the token of a source. @param reason the caller's words, for the audit log @throws Problem 404 */
export async function replaceToken(principal: Principal, id: string, reason?: string): Promise<NewSource> {
  const before = await requireSourceRow(principal.organizationId, id);
  const made = await runWorkflow<Omit<Made, "id">>(
    {
      actor: actorOf(principal),
      workflowType: "source:token-renewal",
      target: { name: before.name, id },
      custom: { replaces: before.tokenPrefix, ...withReason(reason) },
      original: before,
      updated: (result) => ({ ...before, tokenPrefix: result.tokenPrefix }),
    },
    async (client) => {
      const token = await renewSourceToken(client, principal.organizationId, id);
      if (!token) throw notFound("There is no such source.");
      return token;
    },
  );
  return { id, name: before.name, kind: before.kind, token: made.token };
}

/**
 * Stops a source, or lets it post again: records stay in either case.
 * @param reason the caller's words, for the audit log
 * @throws Problem 404, or 409 when it is so already
 */
export async function stopSource(
  principal: Principal,
  id: string,
  disabled: boolean,
  reason?: string,
): Promise<void> {
  const before = await requireSourceRow(principal.organizationId, id);
  if (before.disabled === disabled) {
    throw new Problem(409, `${before.name} ${disabled ? "is stopped already" : "is not stopped"}.`);
  }
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: disabled ? "source:suspension" : "source:resumption",
      target: { name: before.name, id },
      custom: withReason(reason),
      original: before,
      updated: { ...before, disabled },
    },
    async (client) => {
      if (!(await setSourceDisabled(client, principal.organizationId, id, disabled))) {
        throw notFound("There is no such source.");
      }
    },
  );
}

/**
 * Gives a source other settings. Settings that its kind does not name, such as those of masking, stay.
 * @param reason the caller's words, for the audit log
 * @throws Problem 404, or 400 that names each setting that the kind does not know
 */
export async function changeSettings(
  principal: Principal,
  id: string,
  wanted: { [name: string]: string },
  reason?: string,
): Promise<void> {
  const before = await requireSourceRow(principal.organizationId, id);
  const faults = settingFaults(before.kind, wanted);
  if (faults.length > 0) {
    throw badRequest(faults.map((fault) => ({ parameter: `settings.${fault.name}`, reason: fault.reason })));
  }
  const kept = Object.entries(before.settings).filter(([name]) => !isSettingOf(before.kind, name));
  const settings = { ...Object.fromEntries(kept), ...givenSettings(wanted) };
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType: "source:update",
      target: { name: before.name, id },
      custom: withReason(reason),
      original: before,
      updated: { ...before, settings },
    },
    async (client) => {
      await requireOwnHosts(client, principal.organizationId, { kind: before.kind, settings });
      if (!(await setSourceSettings(client, principal.organizationId, id, settings))) {
        throw notFound("There is no such source.");
      }
    },
  );
}

/**
 * A host is admitted by its address, as a source of one organization: addresses that another organization's
 * sources list are refused, those of stopped sources too. Whose they are is not told. Changes wait for each other.
 * @throws Problem 400 that names the address or range
 */
export async function requireOwnHosts(
  client: PoolClient,
  organizationId: string,
  { kind, settings }: { kind: string; settings: { [name: string]: string } },
): Promise<void> {
  const hosts = settings["hosts"];
  if (kind !== "sudo" || hosts === undefined) return;
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook hosts of sudo', 0))");
  const others = await client.query<{ hosts: string }>(
    `SELECT settings->>'hosts' AS hosts FROM sources
     WHERE organization_id <> $1 AND kind = 'sudo' AND settings->>'hosts' <> ''`,
    [organizationId],
  );
  const overlap = others.rows.flatMap((other) => hostListOverlap(hosts, other.hosts) ?? []).at(0);
  if (overlap === undefined) return;
  throw badRequest([
    {
      parameter: "settings.hosts",
      reason: `${overlap} has addresses whose sessions Daybook takes for another organization already`,
    },
  ]);
}

function withReason(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

type SourceState = {
  name: string;
  kind: string;
  settings: { [name: string]: string };
  tokenPrefix: string;
  disabled: boolean;
};

async function requireSourceRow(organizationId: string, id: string): Promise<SourceState> {
  const found = await pool().query<SourceState>(
    `SELECT name, kind, settings, token_prefix AS "tokenPrefix", disabled_at IS NOT NULL AS disabled
     FROM sources WHERE organization_id = $1 AND id = $2 AND kind NOT IN ('daybook', 'audit-csv')`,
    [organizationId, id],
  );
  const [row] = found.rows;
  if (!row) throw notFound("There is no such source.");
  return row;
}
