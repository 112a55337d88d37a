import "server-only";
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { beginWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import { generatePassword, hashPassword } from "@/lib/auth/server/passwords.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { log } from "@/lib/log.ts";
import { type Account, stateOf } from "@/lib/users/server/accounts.ts";
import { loadSamples } from "./samples.ts";

/** An account that was made; its password is kept nowhere else. */
export type FirstAccount = { organization: string; email: string; password: string };

export type FirstRun = {
  /** Whether this run made anything: the accounts below are new. */
  created: boolean;
  accounts: FirstAccount[];
  /** Sample records that were added. */
  sampleRecords: number;
  /** Why the samples could not be loaded; the accounts are there all the same, and the next start tries again. */
  sampleFailure?: string;
};

const settings = z.object({
  DAYBOOK_ORGANIZATION: z.string().trim().min(1).max(200).default("My organization"),
  DAYBOOK_ADMIN_EMAIL: z.email().toLowerCase().default("admin@daybook.local"),
});

const sample = { organization: "Sample organization", email: "sample@daybook.local" };

/**
 * Makes what a new installation needs: its organization and a sample one that is kept apart from it, in each
 * Daybook's own source and a superuser with a generated password, and the sample records. Each step is done
 * only where it is missing, so a run that was cut off is finished by the next.
 *
 * @param load adds the sample records to an organization; those that are there already are left alone
 * @throws Error that names a wrong variable of the environment
 */
export async function firstRun(load: typeof loadSamples = loadSamples): Promise<FirstRun> {
  const checked = settings.safeParse(process.env);
  if (!checked.success) {
    const reasons = checked.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The environment is wrong. ${reasons.join("; ")}`);
  }
  const { DAYBOOK_ORGANIZATION: name, DAYBOOK_ADMIN_EMAIL: email } = checked.data;
  if (email === sample.email)
    throw new Error(`DAYBOOK_ADMIN_EMAIL: ${email} is the sample organization's account`);
  await createOrganizations(name);
  const accounts = await createSuperusers(await organizationsWithoutUsers(), email);
  const result = { created: accounts.length > 0, accounts };
  try {
    return { ...result, sampleRecords: await addSamples(load) };
  } catch (error) {
    // The passwords are in this answer and nowhere else: samples must not take them along.
    log().error({ err: error }, "the samples could not be loaded");
    return {
      ...result,
      sampleRecords: 0,
      sampleFailure: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Both in one transaction, the own one first; nothing when there is any organization. */
async function createOrganizations(name: string): Promise<void> {
  await inTransaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('daybook first run', 0))");
    const some = await client.query("SELECT 1 FROM organizations LIMIT 1");
    if (some.rowCount !== 0) return;
    for (const [place, organization] of [name, sample.organization].entries()) {
      const id = uuidv7();
      await client.query(
        "INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, now() + $3 * interval '1 microsecond')",
        [id, organization, place],
      );
      // No token has this hash: nothing can be sent in as Daybook's own source.
      await client.query(
        `INSERT INTO sources (id, organization_id, name, kind, settings, token_prefix, token_hash)
         VALUES ($1, $2, 'Daybook', 'daybook', $3, '', $4)`,
        [uuidv7(), id, place === 0 ? {} : { samples: "wanted" }, randomBytes(32)],
      );
    }
  });
}

type Found = { id: string; name: string; sample: boolean };

async function organizationsWithoutUsers(): Promise<Found[]> {
  const found = await pool().query<Found>(
    `SELECT o.id, o.name, s.settings ? 'samples' AS sample
     FROM organizations o JOIN sources s ON s.organization_id = o.id AND s.kind = 'daybook'
     WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.organization_id = o.id)
       AND (s.settings ? 'samples' OR o.id = (SELECT id FROM organizations ORDER BY created_at, id LIMIT 1))
     ORDER BY o.created_at, o.id`,
  );
  return found.rows;
}

/** All in one transaction: whoever sees one password sees them all. */
async function createSuperusers(missing: readonly Found[], ownEmail: string): Promise<FirstAccount[]> {
  const prepared = await Promise.all(missing.map((organization) => prepareSuperuser(organization, ownEmail)));
  try {
    await inTransaction(async (client) => {
      for (const { user, hash, workflow } of prepared) {
        const { id, organizationId, email, name, role } = user;
        await workflow.underWay(client);
        await client.query(
          "INSERT INTO users (id, organization_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5, $6)",
          [id, organizationId, email, name, role, hash],
        );
        await workflow.done(client, { updated: stateOf(user) });
      }
    });
  } catch (error) {
    for (const { workflow } of prepared) await reportFailure(workflow, error);
    throw error;
  }
  return prepared.map(({ account }) => account);
}

async function prepareSuperuser(
  { id: organizationId, name: organization, sample: isSample }: Found,
  ownEmail: string,
) {
  const email = isSample ? sample.email : ownEmail;
  const user: Omit<Account, "version"> = {
    id: uuidv7(),
    organizationId,
    email,
    name: "Administrator",
    role: "superuser",
    status: "active",
    logins: [],
    sharedOnly: false,
  };
  const password = generatePassword();
  const hash = await hashPassword(password);
  const workflow = await beginWorkflow({
    actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
    workflowType: "user:creation",
    target: { name: email, id: user.id },
    custom: {
      newUsername: email,
      createdBy: "first run",
      scopeAssignmentStatus: `role ${user.role}, global scope`,
    },
  });
  return { user, hash, workflow, account: { organization, email, password } };
}

async function addSamples(load: typeof loadSamples): Promise<number> {
  const wanted = await pool().query<{ id: string; organizationId: string }>(
    `SELECT id, organization_id AS "organizationId" FROM sources
     WHERE kind = 'daybook' AND settings ->> 'samples' = 'wanted'`,
  );
  let added = 0;
  for (const { id, organizationId } of wanted.rows) {
    added += await load(organizationId);
    // Only now: a load that is cut off is taken up again, and sent twice is stored once.
    await pool().query(`UPDATE sources SET settings = settings || '{"samples": "loaded"}' WHERE id = $1`, [
      id,
    ]);
  }
  return added;
}
