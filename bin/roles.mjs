import { connectionFailure, withClient } from "./database-connection.mjs";
import { Failure, say } from "./terminal.mjs";

/**
 * Two roles: the owner migrates, the application runs as the other. What the second may do is granted by the
 * migrations, to the role of this name.
 */
const appRole = "daybook_app";
const ownerRole = "daybook_owner";
const oldestVersion = 15;

/** @typedef {{ ownerUrl: string, appUrl: string }} DatabaseUrls */

/**
 * Makes both roles and the database in the embedded cluster.
 *
 * @param {string} superuserUrl
 * @param {{ ownerPassword: string, appPassword: string }} secrets
 * @returns {Promise<DatabaseUrls>}
 */
export async function embeddedRoles(superuserUrl, { ownerPassword, appPassword }) {
  return await withClient(superuserUrl, async (client) => {
    await setRole(client, ownerRole, `LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(ownerPassword)}`);
    await setRole(client, appRole, `LOGIN PASSWORD ${client.escapeLiteral(appPassword)}`);
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'daybook'");
    if (!rowCount) await client.query(`CREATE DATABASE daybook OWNER ${ownerRole}`);
    return {
      ownerUrl: urlFor(superuserUrl, ownerRole, ownerPassword, "daybook"),
      appUrl: urlFor(superuserUrl, appRole, appPassword, "daybook"),
    };
  });
}

/** @param {import("pg").Client} client @param {string} role @param {string} options */
async function setRole(client, role, options) {
  const verb = (await roleExists(client, role)) ? "ALTER" : "CREATE";
  await client.query(`${verb} ROLE ${role} ${options}`);
}

/** @param {import("pg").Client} client @param {string} role */
async function roleExists(client, role) {
  return Boolean((await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role])).rowCount);
}

/**
 * The same URL with another role, and another database if given.
 *
 * @param {string} url
 * @param {string} role
 * @param {string} password
 * @param {string} [database]
 */
export function urlFor(url, role, password, database) {
  const other = new URL(url);
  other.username = encodeURIComponent(role);
  other.password = encodeURIComponent(password);
  if (database !== undefined) other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/**
 * Checks a database of somebody else's and prepares its roles.
 *
 * @param {{ databaseUrl: string, ownerUrl: string | undefined }} given without an owner's URL, the first is the owner's
 * @param {{ appPassword: string }} secrets the application role's password, should we make that role
 * @returns {Promise<DatabaseUrls>}
 * @throws {Failure} with the SQL to run, where a right is missing
 */
export async function foreignRoles({ databaseUrl, ownerUrl }, { appPassword }) {
  const owner = ownerUrl ?? databaseUrl;
  await withClient(owner, async (client) => {
    await checkServer(client);
    await checkOwnerRights(client);
    if (!ownerUrl) await makeAppRole(client, owner, appPassword);
  });
  const appUrl = ownerUrl ? databaseUrl : urlFor(owner, appRole, appPassword);
  if (ownerUrl) await joinAppRole(ownerUrl, databaseUrl);
  return { ownerUrl: owner, appUrl };
}

/** @param {import("pg").Client} client */
async function checkServer(client) {
  const { rows } = await client.query(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major,
            pg_encoding_to_char(encoding) AS encoding, datctype AS ctype
       FROM pg_database WHERE datname = current_database()`,
  );
  const { version, major, encoding, ctype } = rows[0];
  if (major < oldestVersion) {
    throw new Failure(
      `Daybook needs PostgreSQL ${oldestVersion} or newer, and this database is PostgreSQL ${version}.`,
    );
  }
  if (encoding !== "UTF8")
    throw new Failure(`The database's encoding is ${encoding}, and Daybook needs UTF8.`);
  if (ctype === "C" || ctype === "POSIX") {
    say(`Note: the database's LC_CTYPE is ${ctype}, so searching in text other than ASCII will be slow.`);
  }
}

/** @param {import("pg").Client} client */
async function checkOwnerRights(client) {
  const { rows } = await client.query(
    `SELECT current_user AS role, current_database() AS database,
            has_database_privilege(current_database(), 'CREATE') AS may_create_schema,
            has_schema_privilege('public', 'CREATE') AS may_create_table,
            EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS has_trigrams,
            EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS knows_trigrams`,
  );
  const found = rows[0];
  const role = client.escapeIdentifier(found.role);
  const database = client.escapeIdentifier(found.database);
  const missing = [
    ...(found.may_create_schema ? [] : [`GRANT CREATE ON DATABASE ${database} TO ${role};`]),
    ...(found.may_create_table ? [] : [`GRANT CREATE ON SCHEMA public TO ${role};`]),
  ];
  if (missing.length > 0) {
    throw new Failure(`The owner role ${role} lacks a right. Run this as a superuser in ${database}, then start again:
${sql(missing)}`);
  }
  if (!found.has_trigrams && !found.knows_trigrams) {
    throw new Failure(
      "The extension pg_trgm is missing on the database's machine: install PostgreSQL's contrib package.",
    );
  }
}

/** @param {import("pg").Client} client @param {string} ownerUrl @param {string} password */
async function makeAppRole(client, ownerUrl, password) {
  const literal = client.escapeLiteral(password);
  if (await roleExists(client, appRole)) {
    const reason = await refusal(urlFor(ownerUrl, appRole, password));
    if (!reason) return;
    throw new Failure(`The role ${appRole} exists, and the password in DATA_DIR/secrets.json does not open it (${reason}).
Set DATABASE_OWNER_URL, and DATABASE_URL with the password of ${appRole}; or run this, then start again:
${sql([`ALTER ROLE ${appRole} LOGIN PASSWORD ${literal};`])}`);
  }
  const create = `CREATE ROLE ${appRole} LOGIN PASSWORD ${literal}`;
  if (!(await mayCreateRoles(client))) {
    throw new Failure(`The owner role may not create the application's role. Run this as a superuser, then start again:
${sql([`${create};`])}`);
  }
  await client.query(create);
  const reason = await refusal(urlFor(ownerUrl, appRole, password));
  if (reason) throw new Failure(`Made the role ${appRole}, and the database does not let it in: ${reason}`);
}

/** @param {import("pg").Client} client */
async function mayCreateRoles(client) {
  const { rows } = await client.query(
    "SELECT rolcreaterole OR rolsuper AS may_create FROM pg_roles WHERE rolname = current_user",
  );
  return rows[0].may_create === true;
}

/** @param {string} url @returns {Promise<string | null>} why the role is not let in */
async function refusal(url) {
  try {
    await withClient(url, async () => {});
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/**
 * Makes the role that the application's URL names a member of the one that the migrations grant to.
 *
 * @param {string} ownerUrl
 * @param {string} appUrl
 */
async function joinAppRole(ownerUrl, appUrl) {
  const app = await withClient(appUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT current_user AS role, current_database() AS database, rolsuper AS superuser
         FROM pg_roles WHERE rolname = current_user`,
    );
    return rows[0];
  });
  await withClient(ownerUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT current_user AS role, current_database() AS database,
              EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS known`,
      [app.role],
    );
    const owner = rows[0];
    if (owner.database !== app.database || !owner.known) {
      throw new Failure("DATABASE_URL and DATABASE_OWNER_URL do not name the same database.");
    }
    if (app.superuser || app.role === owner.role) {
      const fault = app.superuser ? "is a superuser" : "is the owner too";
      throw new Failure(
        `DATABASE_URL's role "${app.role}" ${fault}: the application needs one of its own, which may not change what is recorded.`,
      );
    }
    await grantMembership(client, app.role);
  });
}

/** @param {import("pg").Client} client @param {string} role */
async function grantMembership(client, role) {
  const grant = `GRANT ${appRole} TO ${client.escapeIdentifier(role)}`;
  const exists = await roleExists(client, appRole);
  if (exists && (await isMember(client, role))) return;
  const statements = [
    ...(exists ? [] : [`CREATE ROLE ${appRole} NOLOGIN`]),
    ...(role === appRole ? [] : [grant]),
  ];
  try {
    for (const statement of statements) await client.query(statement);
  } catch (error) {
    const known = connectionFailure(error, "postgresql://localhost");
    if (!(known instanceof Failure)) throw error;
    throw new Failure(`The owner role may not prepare the application's role. Run this as a superuser, then start again:
${sql(statements.map((statement) => `${statement};`))}`);
  }
}

/** @param {import("pg").Client} client @param {string} role */
async function isMember(client, role) {
  const { rows } = await client.query("SELECT pg_has_role($1, $2, 'USAGE') AS member", [role, appRole]);
  return rows[0].member === true;
}

/** @param {string[]} statements */
function sql(statements) {
  return statements.map((statement) => `  ${statement}`).join("\n");
}
