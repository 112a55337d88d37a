import os from "node:os";

const megabyte = 1024 ** 2;

/** Memory that this process may use: the machine's, or the container's when that is less. */
export function usableMemory() {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

/**
 * The server's settings beyond PostgreSQL's own defaults.
 *
 * @param {object} machine
 * @param {number} machine.memory in bytes
 * @param {boolean} machine.lz4 whether the build compresses with LZ4
 * @param {boolean} machine.durable `false` only for a cluster of tests, which is thrown away
 * @returns {Record<string, string>}
 */
export function clusterSettings({ memory, lz4, durable }) {
  /** @param {number} bytes @param {number} least @param {number} most */
  const megabytes = (bytes, least, most) =>
    `${Math.round(Math.min(Math.max(bytes, least * megabyte), most * megabyte) / megabyte)}MB`;
  return {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    password_encryption: "scram-sha-256",
    max_connections: "200",
    shared_buffers: megabytes(memory / 6, 128, 1024),
    effective_cache_size: megabytes(memory / 2, 512, 65_536),
    work_mem: megabytes(memory / 512, 4, 32),
    maintenance_work_mem: megabytes(memory / 32, 64, 512),
    random_page_cost: "1.1",
    jit: "off",
    max_wal_size: "2GB",
    min_wal_size: "128MB",
    checkpoint_timeout: "15min",
    // An acknowledged record is on disk: see docs/decisions.
    synchronous_commit: "on",
    ...(durable ? {} : { fsync: "off", full_page_writes: "off" }),
    ...(lz4 ? { wal_compression: "lz4", default_toast_compression: "lz4" } : {}),
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] %q%u@%d ",
    cluster_name: "daybook",
  };
}

/** @param {Record<string, string>} settings */
export function settingArguments(settings) {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
