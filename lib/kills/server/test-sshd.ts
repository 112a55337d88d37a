import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { freePort } from "@/bin/postgres-port.mjs";

const programs = { sshd: "/usr/sbin/sshd", ssh: "/usr/bin/ssh", keygen: "/usr/bin/ssh-keygen" } as const;

/** Why a real sshd cannot be tried on this machine; undefined when it can. */
export function sshdObstacle(): string | undefined {
  for (const program of Object.values(programs)) if (!existsSync(program)) return `there is no ${program}`;
  for (const program of ["asciinema", "curl"]) {
    const found = (process.env["PATH"] ?? "")
      .split(":")
      .some((folder) => isExecutable(path.join(folder, program)));
    if (!found) return `there is no ${program}`;
  }
  if (userInfo().uid === 0 && !existsSync("/run/sshd"))
    return "sshd has no /run/sshd for its unprivileged half";
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What came of one use of ssh. */
type Ended = { code: number | null; output: string };

/** An sshd with keys, port and folder of its own, whose sessions all run one command. */
export class TestSshd {
  readonly folder = mkdtempSync(path.join(tmpdir(), "daybook-sshd-"));
  readonly spool = path.join(this.folder, "spool");
  readonly #children = new Set<ChildProcess>();
  #port = 0;

  /** @param command of all sessions; `{folder}` and `{spool}` are filled in */
  async start(command: string): Promise<void> {
    mkdirSync(this.spool);
    for (const key of ["host", "user"])
      execFileSync(programs.keygen, ["-q", "-t", "ed25519", "-N", "", "-f", path.join(this.folder, key)]);
    this.#port = await freePort();
    const filled = command.replaceAll("{folder}", this.folder).replaceAll("{spool}", this.spool);
    const config = [
      `Port ${this.#port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${this.folder}/host`,
      `AuthorizedKeysFile ${this.folder}/user.pub`,
      "PidFile none",
      "UsePAM no",
      "StrictModes no",
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "PrintLastLog no",
      `ForceCommand ${filled}`,
    ];
    writeFileSync(path.join(this.folder, "config"), `${config.join("\n")}\n`);
    const sshd = spawn(programs.sshd, ["-D", "-e", "-f", path.join(this.folder, "config")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#children.add(sshd);
    let said = "";
    sshd.stderr.setEncoding("utf8");
    for await (const text of sshd.stderr) {
      said += text;
      if (said.includes("Server listening")) break;
    }
    if (!said.includes("Server listening")) throw new Error(`sshd does not start: ${said}`);
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text, { mode: 0o600 });
  }

  /** Signs in. `flags` as of ssh; what stands behind the host is the command. */
  ssh(flags: readonly string[], command: readonly string[] = []): SshSession {
    const options = ["-F", "none", "-i", path.join(this.folder, "user"), "-p", String(this.#port)];
    const careless = [
      "StrictHostKeyChecking=no",
      "UserKnownHostsFile=/dev/null",
      "LogLevel=ERROR",
      "IdentitiesOnly=yes",
    ];
    const child = spawn(programs.ssh, [
      ...options,
      ...careless.flatMap((option) => ["-o", option]),
      ...flags,
      `${userInfo().username}@127.0.0.1`,
      ...command,
    ]);
    this.#children.add(child);
    return new SshSession(child);
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One session of ssh: what is typed, and what is seen. */
class SshSession {
  readonly #child: ChildProcess;
  #output = "";
  #waiting: (() => void)[] = [];
  readonly ended: Promise<Ended>;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        for (const wake of this.#waiting.splice(0)) wake();
      });
    this.ended = once(child, "close").then(([code]) => ({
      code: code as number | null,
      output: this.#output,
    }));
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Nothing more is typed. */
  finish(): void {
    this.#child.stdin?.end();
  }

  /** The cable is cut. */
  cut(): void {
    this.#child.kill("SIGKILL");
  }

  /** Waits until the screen holds what matches. */
  async seen(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = wanted.exec(this.#output);
      if (match) return match;
      if (this.#child.exitCode !== null) throw new Error(`ssh ended without ${wanted}: ${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#child.once("close", () => resolve());
      });
    }
  }
}
