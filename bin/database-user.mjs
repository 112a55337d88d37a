import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Failure, say } from "./terminal.mjs";

/**
 * The system user who runs PostgreSQL, which refuses to run as root. `null`: the one who runs us.
 *
 * @typedef {{ name: string, uid: number, gid: number } | null} DatabaseUser
 */

/**
 * @param {string} clusterFolder whoever owns an existing cluster goes on running it
 * @returns {DatabaseUser}
 * @throws {Failure} when there is no such user and none can be made
 */
export function databaseUser(clusterFolder) {
  if (process.getuid?.() !== 0) return null;
  const users = systemUsers();
  const owner = existsSync(clusterFolder) ? statSync(clusterFolder).uid : 0;
  const known =
    users.find((user) => owner !== 0 && user.uid === owner) ??
    users.find((user) => user.name === "daybook") ??
    users.find((user) => user.name === "postgres");
  if (known) return known;
  createUser();
  const created = systemUsers().find((user) => user.name === "daybook");
  if (created) return created;
  throw new Failure(
    'PostgreSQL does not run as root and no system user could be made for it: add one named "daybook", or start as another user.',
  );
}

function createUser() {
  const attempts = [
    ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "daybook"],
    ["adduser", "-S", "-D", "-H", "daybook"],
  ];
  for (const [command = "", ...args] of attempts) {
    const { status } = spawnSync(command, args, { stdio: "ignore" });
    if (status !== 0) continue;
    say('PostgreSQL does not run as root: made the system user "daybook" for it.');
    return;
  }
}

function systemUsers() {
  const lines =
    process.platform === "linux"
      ? readFileSync("/etc/passwd", "utf8")
      : execFileSync("dscacheutil", ["-q", "user"], { encoding: "utf8" }).replace(
          /name: (.*)\npassword: .*\nuid: (.*)\ngid: (.*)\n/g,
          "$1:x:$2:$3\n",
        );
  return lines.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    return name && Number(uid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/**
 * Whether `user` may enter `folder`, or the nearest folder above it that exists.
 *
 * @param {string} folder
 * @param {DatabaseUser} user
 */
export function canReach(folder, user) {
  if (!user) return true;
  let existing = path.resolve(folder);
  while (!existsSync(existing)) existing = path.dirname(existing);
  const { status } = spawnSync("/bin/sh", ["-c", 'test -x "$0"', existing], {
    uid: user.uid,
    gid: user.gid,
    cwd: "/",
    stdio: "ignore",
  });
  return status === 0;
}
