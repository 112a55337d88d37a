import { BadBody, type IngestKind } from "../define.ts";

/** Recordings are not cut into records: they are posted whole to /api/v1/recordings and turned into rows there. */
export const recordings: IngestKind = {
  name: "recordings",
  title: "Session recordings",
  description:
    "Terminal recordings of the asciinema command line, script(1), ttyrec, tlog and sudo’s I/O logs, posted whole.",
  mediaTypes: ["multipart/form-data"],
  hasIds: "always",
  connectionRefs: "unique",
  split: () => {
    throw new BadBody("Recordings are posted to /api/v1/recordings");
  },
  map: () => ({ rejected: "recordings are posted to /api/v1/recordings" }),
  instructions: [
    {
      title: "Post a recording with curl",
      language: "sh",
      text: `curl -H 'Authorization: Bearer {token}' -F user=ann@example.org -F target=web-1 -F targetUser=root \\
  -F file=@session.cast {url}/api/v1/recordings`,
    },
    {
      title: "Post a recording of several files, as script(1) and sudo write them",
      language: "sh",
      text: `tar cf session.tar typescript timing
curl -H 'Authorization: Bearer {token}' -F user=ann@example.org -F target=web-1 \\
  -F file=@session.tar {url}/api/v1/recordings`,
    },
    {
      title: "The asciinema command line, each person with their own account",
      language: "sh",
      text: `export ASCIINEMA_API_URL={url} ASCIINEMA_SERVER_URL={url}
asciinema auth                 # open the address that it prints, and confirm
asciinema rec demo.cast
asciinema upload demo.cast`,
    },
  ],
};
