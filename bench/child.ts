import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Runs a module of bench/ in a process of its own, so that the load does not share the server's or the
 * reporter's event loop: it gets `task` and answers once.
 * @param module relative to bench/
 * @throws Error with the child's reason
 */
export function inChild<Answer>(
  module: string,
  task: unknown,
  env: NodeJS.Dict<string> = {},
): Promise<Answer> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
    execArgv: ["--import", "tsx", "--conditions=react-server"],
    env: { ...process.env, ...env },
    serialization: "advanced",
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message: { answer: Answer } | { failure: string }) => {
      if ("answer" in message) resolve(message.answer);
      else reject(new Error(`${module}: ${message.failure}`));
    });
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`${module} ended (${signal ?? code}) before it answered`)),
    );
    child.send({ task });
  });
}

/** The other side of {@link inChild}: does the one task that arrives and ends the process. */
export function answerTask<Task>(work: (task: Task) => Promise<unknown>): void {
  const say = (message: object): void => {
    process.send?.(message, () => process.exit(0));
  };
  // Whoever gave the task is gone: nobody waits for the answer.
  process.once("disconnect", () => process.exit(1));
  process.once("message", ({ task }: { task: Task }) => {
    work(task).then(
      (answer) => say({ answer }),
      (error: unknown) =>
        say({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
