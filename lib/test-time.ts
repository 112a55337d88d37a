/** Milliseconds within which tests expect what is promised within a second: their machine may stall for some. */
export const secondOnBusyMachineMs = 10_000;

/** Milliseconds of processor time of this process so far: unlike the clock's, no other process adds to them. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How long `vi.waitFor` waits on a busy machine; it would give up after a second. */
export const patience = { timeout: 15_000 };
