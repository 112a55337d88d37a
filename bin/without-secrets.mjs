/**
 * A path as logs may have it: the address that `asciinema auth` prints and the one that a stream is sent to hold
 * credentials.
 *
 * @param {string} path
 */
export function withoutSecrets(path) {
  return path.replace(/^\/(connect|ws\/S)\/.*$/, "/$1/…");
}
