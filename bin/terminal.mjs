// What bin/ prints: one line per step, a sign of life while a step lasts, one clear line when it fails.

/** A failure that the person at the terminal can do something about: printed as it is, without a stack. */
export class Failure extends Error {}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Seconds between two signs of life: somebody who looks on wants more of them than a log does. */
export const signEverySeconds = process.stdout.isTTY ? 3 : 15;

/**
 * Prints `label`, runs `work`, and says every few seconds that it still runs.
 *
 * @template T
 * @param {string} label what is being done, as in "Installing packages"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`${label} …`);
  const sign = setInterval(() => say(`  ${label}: ${seconds()} s so far`), signEverySeconds * 1000);
  try {
    return await work();
  } finally {
    clearInterval(sign);
  }
}

/**
 * The line for an error of the file system.
 *
 * @param {unknown} error
 * @param {string} what what was attempted, as in "write DATA_DIR (/srv/daybook)"
 * @returns {unknown} a Failure for the errors that a person can mend, else the error itself
 */
export function fileFailure(error, what) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return new Failure(`The disk is full: could not ${what}.`);
  if (code === "EACCES" || code === "EPERM") return new Failure(`No permission to ${what}.`);
  if (code === "EROFS") return new Failure(`Could not ${what}: the file system is read-only.`);
  if (code === "ENOTDIR" || code === "EEXIST") return new Failure(`Could not ${what}: a file is in the way.`);
  return error;
}

/** Whether what a program printed, or an error says, comes from a full disk. @param {string} text */
export function speaksOfFullDisk(text) {
  return /ENOSPC|EDQUOT|no space left on device|check free disk space|disk quota exceeded/i.test(text);
}
