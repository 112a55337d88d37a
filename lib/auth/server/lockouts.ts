import "server-only";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import { tellPerson } from "@/lib/users/server/notices.ts";
import { houseOrganizationId } from "./house.ts";

/** What was locked: an account for passwords or for codes, known or not, or an address for all accounts. */
export type Lockout = {
  email: string;
  address: string;
  of: "account" | "codes" | "address";
  /** UTC with microseconds. */
  lockedUntil: string;
  guesses: number;
};

/** Writes the beginning of a lock; called once for each, by the try that brought it about. */
export async function recordLockout({ email, address, of, lockedUntil, guesses }: Lockout): Promise<void> {
  const found = await pool().query<{ id: string; organizationId: string }>(
    `SELECT id, organization_id AS "organizationId" FROM users WHERE email = $1`,
    [email],
  );
  // An address is locked for all accounts; which one was tried last does not matter.
  const account = of === "address" ? undefined : found.rows[0];
  const [locked, cause] = {
    account: [email, `more than ${guesses} wrong passwords`],
    codes: [email, `more than ${guesses} wrong codes`],
    address: [address, `more than ${guesses} failed sign-ins from one address`],
  }[of] as [string, string];
  await runWorkflow(
    {
      actor: {
        organizationId: account?.organizationId ?? (await houseOrganizationId()),
        initiator: "Daybook",
        initiatorType: "system",
      },
      workflowType: "user:lockout",
      target: { name: locked, ...(account ? { id: account.id } : {}) },
      custom: {
        // Whose account an address tried last is nothing to the organization that keeps the record of addresses.
        username: locked,
        ...(address === "" ? {} : { sourceIpAddress: address }),
        lockedUntil,
        locked: of,
        cause,
      },
    },
    async () => undefined,
  );
  if (account && of !== "address")
    tellPerson(account.id, {
      what: "locked",
      of: of === "codes" ? "codes" : "passwords",
      until: lockedUntil,
      address,
    });
}
