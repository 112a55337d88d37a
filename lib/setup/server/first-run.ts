import "server-only";
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { generatePassword, hashPassword } from "@/lib/auth/server/passwords.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";

/** An account that was made; its password is kept nowhere else. */
export type FirstAccount = { organization: string; email: string; password: string };

export type FirstRun = {
  /** Whether this run made anything: the accounts below are new. */
  created: boolean;
  accounts: FirstAccount[];
  /** Sample records that were added. */
  sampleRecords: number;
};

/** Adds real records of other projects to an organization; those that are there already are left alone. */
export type LoadSamples = (organizationId: string) => Promise<number>;

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
 * @throws Error that names a wrong variable of the environment
 */
export async function firstRun(loadSamples?: LoadSamples): Promise<FirstRun> {
  const checked = settings.safeParse(process.env);
  if (!checked.success) {
    const reasons = checked.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The environment is wrong. ${reasons.join("; ")}`);
  }
  const { DAYBOOK_ORGANIZATION: name, DAYBOOK_ADMIN_EMAIL: email } = checked.data;
  if (email === sample.email)
    throw new Error(`DAYBOOK_ADMIN_EMAIL: ${email} is the sample organization's account`);
  await createOrganizations(name);
  const accounts: FirstAccount[] = [];
  for (const missing of await organizationsWithoutUsers()) {
    accounts.push(await createSuperuser(missing, missing.sample ? sample.email : email));
  }
  return {
    created: accounts.length > 0,
    accounts,
    sampleRecords: loadSamples ? await addSamples(loadSamples) : 0,
  };
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

async function createSuperuser({ id: organizationId, name }: Found, email: string): Promise<FirstAccount> {
  const password = generatePassword();
  const hash = await hashPassword(password);
  const user = { id: uuidv7(), email, name: "Administrator", role: "superuser" };
  await runWorkflow(
    {
      actor: { organizationId, initiator: "Daybook", initiatorType: "system" },
      workflowType: "user:creation",
      target: { name: email, id: user.id },
      custom: { newUsername: email, createdBy: "first run", scopeAssignmentStatus: "superuser" },
      updated: { email, name: user.name, role: user.role, status: "active" },
    },
    (client) =>
      client.query(
        "INSERT INTO users (id, organization_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5, $6)",
        [user.id, organizationId, email, user.name, user.role, hash],
      ),
  );
  return { organization: name, email, password };
}

async function addSamples(loadSamples: LoadSamples): Promise<number> {
  const wanted = await pool().query<{ id: string; organizationId: string }>(
    `SELECT id, organization_id AS "organizationId" FROM sources
     WHERE kind = 'daybook' AND settings ->> 'samples' = 'wanted'`,
  );
  let added = 0;
  for (const { id, organizationId } of wanted.rows) {
    added += await loadSamples(organizationId);
    // Only now: a load that is cut off is taken up again, and sent twice is stored once.
    await pool().query(`UPDATE sources SET settings = settings || '{"samples": "loaded"}' WHERE id = $1`, [
      id,
    ]);
  }
  return added;
}
