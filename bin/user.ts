import { parseArgs } from "node:util";
import { isRole, roles } from "@/lib/auth/roles.ts";
import { disconnect } from "@/lib/db/client.ts";
import { backgroundDone } from "@/lib/mail/server/background.ts";
import { resetSecondFactor } from "@/lib/setup/server/reset-second-factor.ts";
import { addUser, changeUser, listUsers } from "@/lib/setup/server/users.ts";

const usage = `npm run user -- list
npm run user -- add you@example.org --role ${roles.join("|")} [--name "Your Name"] [--login NAME]... [--organization NAME]
npm run user -- disable you@example.org
npm run user -- enable you@example.org
npm run user -- role you@example.org ${roles.join("|")}
npm run user -- logins you@example.org [NAME]...      names in records that are this person's too; none takes them away
npm run user -- shared-only you@example.org on|off      an auditor sees only sessions that were shared with them
npm run user -- reset-second-factor you@example.org     for who lost the phone; ends the sessions`;

const commands = ["list", "add", "disable", "enable", "role", "logins", "shared-only", "reset-second-factor"];

/** What was typed cannot be understood. */
class Mistyped extends Error {}

const options = {
  role: { type: "string" },
  name: { type: "string" },
  login: { type: "string", multiple: true },
  organization: { type: "string" },
} as const;

async function main(args: string[]): Promise<string> {
  const { positionals, values } = parse(args);
  const [command, email, ...rest] = positionals;
  if (command === undefined) throw new Mistyped("Say what to do.");
  if (!commands.includes(command)) throw new Mistyped(`There is no command "${command}".`);
  if (command !== "add" && Object.keys(values).length > 0) throw new Mistyped(`${command} takes no options.`);
  if (command === "list") {
    if (email !== undefined) throw new Mistyped("list takes no address.");
    return await list();
  }
  if (email === undefined) throw new Mistyped(`Say whose account: ${command} you@example.org`);
  switch (command) {
    case "add": {
      const { role, name = email.split("@")[0] ?? "", login = [], organization } = values;
      if (rest.length > 0 || role === undefined) throw new Mistyped("add takes one address and --role.");
      const wish = { email, name, role: roleOf(role), logins: login, ...(organization && { organization }) };
      const password = await addUser(wish);
      return `\n  email     ${email}\n  password  ${password}\n\nThe password is not shown again.`;
    }
    case "disable":
    case "enable":
      if (rest.length > 0) throw new Mistyped(`${command} takes one address.`);
      await changeUser(email, { status: command === "enable" ? "active" : "disabled" });
      return `${email} is ${command}d.`;
    case "role": {
      const [role, ...more] = rest;
      if (role === undefined || more.length > 0) throw new Mistyped("role takes an address and a role.");
      await changeUser(email, { role: roleOf(role) });
      return `${email} is ${role} now.`;
    }
    case "reset-second-factor":
      if (rest.length > 0) throw new Mistyped("reset-second-factor takes one address.");
      await resetSecondFactor(email);
      return `${email} signs in with the password alone until there is a new second factor; all sessions were ended.`;
    case "logins":
      await changeUser(email, { logins: rest });
      return rest.length === 0
        ? `${email} has no other names.`
        : `Rows of ${rest.join(", ")} are those of ${email}.`;
    case "shared-only": {
      const [setting, ...more] = rest;
      if ((setting !== "on" && setting !== "off") || more.length > 0)
        throw new Mistyped("shared-only takes an address and on or off.");
      await changeUser(email, { sharedOnly: setting === "on" });
      return setting === "on"
        ? `${email} sees only sessions that are shared with them.`
        : `${email} sees what every auditor sees.`;
    }
    default:
      throw new Error(`${command} is listed and not done`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Mistyped(error instanceof Error ? error.message : String(error));
  }
}

function roleOf(text: string) {
  if (!isRole(text)) throw new Mistyped(`A role is one of ${roles.join(", ")}, not "${text}".`);
  return text;
}

async function list(): Promise<string> {
  const lines = (await listUsers()).map(
    ({ organization, email, role, status, logins, sharedOnly, lastSeenAt }) => [
      organization,
      email,
      sharedOnly && role === "auditor" ? `${role}, shared sessions only` : role,
      status,
      lastSeenAt === null ? "never seen" : `seen ${lastSeenAt} UTC`,
      logins.join(", "),
    ],
  );
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof Mistyped ? `${text}\n\n${usage}\n` : `${text}\n`);
  process.exitCode = 1;
}
await backgroundDone();
await disconnect();
