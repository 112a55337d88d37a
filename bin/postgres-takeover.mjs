import fs from "node:fs";
import path from "node:path";
import { asUser } from "./postgres-binaries.mjs";
import { commandLine, isAlive, run } from "./processes.mjs";
import { step } from "./terminal.mjs";

/**
 * A kill of our process leaves its database running, or the note of its process behind. The first is stopped;
 * the second is disarmed where the number belongs to somebody else by now, as after a restart of a container.
 *
 * @param {string} bin
 * @param {string} cluster
 * @param {import("./database-user.mjs").DatabaseUser} user
 */
export async function takeOver(bin, cluster, user) {
  const note = path.join(cluster, "postmaster.pid");
  if (!fs.existsSync(note)) return;
  const text = fs.readFileSync(note, "utf8");
  const finding = inspectNote(text, cluster, { isAlive, commandLine });
  if (finding === "orphan") {
    const stopNow = (/** @type {string} */ mode) =>
      run(
        "pg_ctl",
        path.join(bin, "pg_ctl"),
        ["stop", "-D", cluster, "-m", mode, "-w", "-t", "60"],
        asUser(user, cluster),
      );
    await step("Stopping the database that an earlier start left running", () =>
      stopNow("fast").catch(() => stopNow("immediate")),
    );
  } else if (finding === "foreign") {
    // PostgreSQL disregards the number of its own parent, and still looks at the rest of the note.
    fs.writeFileSync(note, text.replace(/^.*/, String(process.pid)));
  }
}

/**
 * What a cluster's postmaster.pid means, when no other start of ours is running.
 *
 * @param {string} text its first line is the process
 * @param {string} cluster
 * @param {{ isAlive: (pid: number) => boolean, commandLine: (pid: number) => string }} processes
 * @returns {"gone" | "orphan" | "foreign"} the process ended; it is this cluster's server; it is another program
 */
export function inspectNote(text, cluster, processes) {
  const pid = Number(text.split("\n", 1)[0]);
  if (!Number.isInteger(pid) || pid <= 0) return "foreign";
  if (!processes.isAlive(pid)) return "gone";
  // As startCluster spells it; PostgreSQL leaves the line of its first process as it is.
  return processes.commandLine(pid).includes(`postgres -D ${cluster} -p `) ? "orphan" : "foreign";
}
