import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/**
 * Whether the tests may make a user and a file in /etc/sudoers.d for the real sudo of this machine. They remove
 * both again, but do not touch a machine unasked.
 */
export function realSudo(): { isAsked: boolean; obstacle: string | undefined } {
  const isAsked = process.env["DAYBOOK_SUDO_TESTS"] === "1";
  if (!isAsked)
    return { isAsked, obstacle: "set DAYBOOK_SUDO_TESTS=1 to try the sudo of this machine, as root" };
  if (process.getuid?.() !== 0) return { isAsked, obstacle: "only root can set up sudo" };
  const missing = ["/usr/bin/sudo", "/etc/sudoers.d", "/usr/bin/script"].find((path) => !existsSync(path));
  return { isAsked, obstacle: missing && `${missing} is missing` };
}

/** A user of this machine whose sudo speaks with our server. */
export class SudoUser {
  readonly name = `daybook-t${process.pid}`;
  /** Read last, so that nothing else's settings stand over it. */
  readonly #file = `/etc/sudoers.d/zz-daybook-test-${process.pid}`;
  readonly #children = new Set<ChildProcess>();
  #uid = 0;
  #gid = 0;

  /** @param settings lines of sudoers after `Defaults:name ` */
  create(settings: readonly string[]): void {
    execFileSync("/usr/sbin/useradd", [
      "--no-create-home",
      "--home-dir",
      "/",
      "--shell",
      "/bin/sh",
      this.name,
    ]);
    this.#uid = Number(execFileSync("id", ["-u", this.name]));
    this.#gid = Number(execFileSync("id", ["-g", this.name]));
    const lines = [
      ...settings.map((setting) => `Defaults:${this.name} ${setting}`),
      `${this.name} ALL=(ALL) NOPASSWD: ALL, !/usr/bin/passwd`,
    ];
    writeFileSync(this.#file, `${lines.join("\n")}\n`, { mode: 0o440 });
    execFileSync("/usr/sbin/visudo", ["-c", "-q", "-f", this.#file]);
  }

  remove(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.#file, { force: true });
    execFileSync("/usr/sbin/userdel", ["--force", this.name], { stdio: "ignore" });
  }

  /** Runs sudo without a terminal, or on one that `script` makes. */
  run(args: readonly string[], isOnTerminal = false) {
    const quoted = ["sudo", "-n", ...args].map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(" ");
    const [file, ...rest] = isOnTerminal
      ? ["script", "-qefc", `stty cols 100 rows 30; ${quoted}`, "/dev/null"]
      : ["sudo", "-n", ...args];
    const env = {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      TERM: "xterm",
      LANG: "C.UTF-8",
      SHELL: "/bin/sh",
      NODE_ENV: "test",
    } as const;
    const child = spawn(file ?? "", rest, { uid: this.#uid, gid: this.#gid, cwd: "/", env });
    this.#children.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const done = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.#children.delete(child);
        resolve({ code, output });
      });
    });
    return { stdin: child.stdin, done };
  }
}
