import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encode } from "next-auth/jwt";
import { v7 as uuidv7 } from "uuid";
import { disconnect, inTransaction, pool } from "@/lib/db/client.ts";
import { createTestDatabase } from "@/lib/db/test-database.ts";
import type { Role } from "../roles.ts";
import { hashPassword } from "./passwords.ts";
import { createSession } from "./sessions.ts";

/** A user in a test, with the password in clear. */
export type TestUser = { id: string; email: string; role: Role; organizationId: string; password: string };

export type TestInstallation = {
  /** The organization made first, and another one. */
  organizationId: string;
  otherOrganizationId: string;
  /** Connects as the owner of the tables. */
  ownerUrl: string;
  addUser: (role: Role, options?: { organizationId?: string; email?: string }) => Promise<TestUser>;
  /** A real session. `cookie` is a request's `Cookie` header. */
  login: (user: TestUser) => Promise<{ sessionId: string; cookie: string }>;
  remove: () => Promise<void>;
};

const secret = randomBytes(32).toString("base64");

/** A password that every test user may share: hashing is slow by intent. */
const password = "a test password";
let hash: Promise<string> | undefined;

/**
 * Makes a database with two organizations for one test file and points the environment at it.
 *
 * @param origin what people would open; with https, cookies are secure
 */
export async function testInstallation(origin = "http://localhost:3000"): Promise<TestInstallation> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(path.join(tmpdir(), "daybook-installation-"));
  Object.assign(process.env, {
    DATABASE_URL: database.appUrl,
    DATA_DIR: folder,
    NEXTAUTH_URL: origin,
    NEXTAUTH_SECRET: secret,
    REDACTION_KEY: randomBytes(32).toString("base64"),
    AUTHORITY_KEY: authorityKey(),
    SEALING_KEY: randomBytes(32).toString("base64"),
    LOG_LEVEL: "silent",
  });
  const organizationId = await addOrganization("First", 0);
  const otherOrganizationId = await addOrganization("Second", 1);
  return {
    organizationId,
    otherOrganizationId,
    ownerUrl: database.ownerUrl,
    addUser: (role, options) => addUser(role, { organizationId, ...options }),
    login,
    remove: async () => {
      await disconnect();
      await database.drop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function authorityKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
}

async function addOrganization(name: string, place: number): Promise<string> {
  const id = uuidv7();
  await pool().query(
    "INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, now() + $3 * interval '1 s')",
    [id, name, place],
  );
  await pool().query(
    `INSERT INTO sources (id, organization_id, name, kind, token_prefix, token_hash)
     VALUES ($1, $2, 'Daybook', 'daybook', '', $3)`,
    [uuidv7(), id, randomBytes(32)],
  );
  return id;
}

async function addUser(role: Role, options: { organizationId: string; email?: string }): Promise<TestUser> {
  const id = uuidv7();
  const email = options.email ?? `${role}-${id.slice(-6)}@example.org`;
  hash ??= hashPassword(password);
  await pool().query(
    "INSERT INTO users (id, organization_id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5, $6)",
    [id, options.organizationId, email, email, role, await hash],
  );
  return { id, email, role, organizationId: options.organizationId, password };
}

async function login(user: TestUser): Promise<{ sessionId: string; cookie: string }> {
  const sessionId = await inTransaction((client) =>
    createSession(client, { userId: user.id, address: "192.0.2.1", userAgent: "test" }),
  );
  const token = await encode({ token: { sid: sessionId }, secret });
  const name = process.env["NEXTAUTH_URL"]?.startsWith("https:")
    ? "__Host-daybook.session"
    : "daybook.session";
  return { sessionId, cookie: `${name}=${token}` };
}
