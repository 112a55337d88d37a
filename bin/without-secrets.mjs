/**
 * A path as logs may have it: the address that `asciinema auth` prints and the one that a stream is sent to hold
 * credentials, as do the links in mails.
 *
 * @param {string} path
 */
export function withoutSecrets(path) {
  return path.replace(/^\/(connect|ws\/S|activate|reset-password)\/.*$/, "/$1/…");
}
