import { disconnect } from "@/lib/db/client.ts";
import { backgroundDone } from "@/lib/mail/server/background.ts";
import { resetPassword } from "@/lib/setup/server/reset-password.ts";

// `npm run reset-password -- you@example.org`
const [email] = process.argv.slice(2);
if (email === undefined) {
  process.stderr.write("Say whose password: npm run reset-password -- you@example.org\n");
  process.exit(1);
}
try {
  const password = await resetPassword(email);
  process.stdout.write(
    `\n  email     ${email}\n  password  ${password}\n\nThe password is not shown again; all sessions were ended.\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
await backgroundDone();
await disconnect();
