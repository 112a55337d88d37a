import { freePort } from "@/bin/postgres-port.mjs";
import { firstAccounts, newPlace, type OwnDaybook, removePlace, startDaybook } from "./own-daybook.ts";

export type Account = { email: string; password: string };

/** The installation that the tests run against, as its first start described it. */
export type Installation = {
  url: string;
  /** Its data. */
  folder: string;
  /** The superuser of the empty organization. */
  admin: Account;
  /** The superuser of the organization with the sample records. */
  sample: Account;
  /** Cookies of a session of each, as Playwright keeps them. */
  sessions: { admin: string; sample: string };
};

/** The tests' processes inherit the environment of this one. */
const variable = "DAYBOOK_E2E_INSTALLATION";

export function installation(): Installation {
  const described = process.env[variable];
  if (described === undefined) throw new Error(`${variable} is not set: run the tests with npm test -- e2e`);
  return JSON.parse(described) as Installation;
}

const mailVariable = "DAYBOOK_E2E_MAIL_PORT";

/** Where the installation sends its mail on this machine; a test that wants to have it listens there. */
export function mailPort(): number {
  return Number(process.env[mailVariable]);
}

/** Starts Daybook as its users do, in a data folder of its own. @returns what stops it and leaves nothing */
export default async function start(): Promise<() => Promise<void>> {
  const mail = await freePort();
  process.env[mailVariable] = String(mail);
  const place = newPlace(await freePort(), {
    SMTP_URL: `smtp://127.0.0.1:${mail}`,
    MAIL_FROM: "Daybook <daybook@example.org>",
  });
  let daybook: OwnDaybook | undefined;
  const stop = async () => {
    await daybook?.stop();
    removePlace(place);
  };
  try {
    daybook = await startDaybook(place);
    // What fails while the tests run is seen beside them.
    for (const stream of [daybook.child.stdout, daybook.child.stderr]) stream?.pipe(process.stderr);
    process.env[variable] = JSON.stringify(await firstAccounts(daybook));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
