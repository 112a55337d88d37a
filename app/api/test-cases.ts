import { filtersOf, type Names, slugs } from "@/lib/logs/server/test-names.ts";
import { logView } from "@/lib/logs/views.ts";
import { cursorAfter } from "@/lib/targets/target-query.ts";
import type { Asked } from "./test-routes.ts";

/** The day of the records of every world: what is written while a test runs lies outside. */
export const range = "from=2026-11-20&to=2026-11-20";

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

/** Queries of a log, each with one name in one parameter. */
function logQueries({ keys, value }: Names, operators: readonly string[], more = ""): Asked[] {
  return slugs.flatMap((log) => [
    ...filtersOf(log).flatMap((filter) =>
      (logView(log).filters[filter]?.kind === "name" ? operators : [""]).map((operator) => ({
        params: { log },
        query: `${range}${more}&${filter}${operator}=${encodeURIComponent(value(log, filter))}`,
      })),
    ),
    { params: { log }, query: `${range}${more}&after=${keys[log]}&order=asc` },
    { params: { log }, query: `${range}${more}&after=${keys[log]}&row=${keys[log]}` },
  ]);
}

const one = (ids: { [name: string]: string }, ...bodies: unknown[]): Asked[] =>
  bodies.length === 0 ? [{ params: ids }] : bodies.map((body) => ({ params: ids, body }));

const providerOf = (name: string) => ({
  name,
  kind: "oidc",
  issuer: "https://login.example.org",
  clientId: "daybook",
  clientSecret: "a secret",
});

/** For every route all that can be named in it. A route that is not in this list fails a test. */
export const cases: { [endpoint: string]: (names: Names, own: Names) => Asked[] } = {
  "GET /api/auth/[...nextauth]": () => [],
  "POST /api/auth/[...nextauth]": () => [],
  "POST /api/auth/activate": () => [],
  "POST /api/auth/forgot-password": () => [],
  "POST /api/auth/reset-password": () => [],
  "POST /api/auth/sign-out": () => [],
  "GET /api/health": () => [],
  "GET /api/ready": () => [],
  "GET /api/v1/openapi.json": () => [],
  "GET /api/v1/me": () => [],
  "GET /api/v1/me/second-factor": () => [],
  "POST /api/v1/me/second-factor": () => one({}, { password: "not the password" }),
  "PUT /api/v1/me/second-factor": () => one({}, { code: "000000" }),
  "POST /api/v1/me/second-factor/removal": () => one({}, { code: "000000" }),
  "POST /api/v1/me/recovery-codes": () => one({}, { code: "000000" }),
  "GET /api/v1/me/sessions": () => [],
  "DELETE /api/v1/me/sessions": () => [],
  "DELETE /api/v1/me/sessions/[id]": ({ ids }) => one({ id: ids.person }),
  "GET /api/v1/access": ({ word, ids }) => [
    { query: { match: word } },
    { query: { group: ids.group } },
    { query: { space: `${word} space`, match: word } },
    { query: { target: `${word} target`, role: "auditor", match: word } },
    { query: { after: `auditor@${word}.example`, match: word } },
    { query: { format: "csv", match: word } },
  ],
  "POST /api/v1/audit-log/import": () => [],
  "GET /api/v1/exports/[id]": ({ ids }) => one({ id: ids.export }),
  "DELETE /api/v1/exports/[id]": ({ ids }) => one({ id: ids.export }),
  "GET /api/v1/logs/[log]": (names) => logQueries(names, ["", "^", "~"]),
  "GET /api/v1/logs/[log]/export": (names) => [
    ...logQueries(names, [""]),
    ...slugs.map((log) => ({ params: { log }, query: `${range}&format=ndjson&q=${names.word}` })),
    { params: { log: "commands" }, query: `exportId=${names.ids.export}` },
  ],
  "GET /api/v1/logs/[log]/histogram": (names) => logQueries(names, ["", "^", "~"]),
  "GET /api/v1/logs/[log]/live": (names) => logQueries(names, ["", "^", "~"]),
  "GET /api/v1/logs/[log]/rows/[key]": ({ keys }) =>
    slugs.flatMap((log) => slugs.map((from) => ({ params: { log, key: keys[from] } }))),
  "GET /api/v1/logs/[log]/values": ({ word, value }) =>
    slugs.flatMap((log) =>
      filtersOf(log).flatMap((filter) => [
        { params: { log }, query: { filter, match: word } },
        { params: { log }, query: { filter, match: value(log, filter) } },
      ]),
    ),
  "GET /api/v1/workflows": (names) => [
    ...filtersOf("audit-log").map((filter) => ({
      query: `${range}&${filter}=${encodeURIComponent(names.value("audit-log", filter))}`,
    })),
    { query: `${range}&after=${names.keys["audit-log"]}&order=asc` },
  ],
  "GET /api/v1/connections/[id]/shares": ({ ids }) => one({ id: ids.connection }),
  "POST /api/v1/connections/[id]/shares": ({ ids }, own) =>
    [
      { id: ids.connection, userId: ids.auditor },
      { id: own.ids.connection, userId: ids.auditor },
      { id: ids.connection, userId: own.ids.auditor },
    ].flatMap(({ id, userId }) => one({ id }, { userId, reason: "a look", until: tomorrow })),
  "DELETE /api/v1/connections/[id]/shares/[share]": ({ ids }, own) =>
    [
      { id: ids.connection, share: ids.share },
      { id: own.ids.connection, share: ids.share },
      { id: ids.connection, share: own.ids.share },
    ].map((params) => ({ params, query: { reason: "none of yours" } })),
  "GET /api/v1/deployment-tokens": () => [],
  "POST /api/v1/deployment-tokens": ({ word }) =>
    one({}, { name: `${word} hosts`, kind: "native", expiresInHours: 1 }),
  "DELETE /api/v1/deployment-tokens/[id]": ({ ids }) => [
    { params: { id: ids.deploymentToken }, query: { reason: "none of yours" } },
  ],
  "GET /api/v1/identity-providers": () => [],
  "POST /api/v1/identity-providers": ({ word }) => one({}, providerOf(`${word} other provider`)),
  "POST /api/v1/identity-providers/test": () => one({}, { issuer: "https://127.0.0.1:1" }),
  "GET /api/v1/identity-providers/[id]": ({ ids }) => one({ id: ids.provider }),
  "PUT /api/v1/identity-providers/[id]": ({ ids, word }) =>
    one({ id: ids.provider }, { ...providerOf(word), reason: "mine now" }),
  "DELETE /api/v1/identity-providers/[id]": ({ ids }) => [
    { params: { id: ids.provider }, query: { reason: "none of yours" } },
  ],
  "POST /api/v1/identity-providers/[id]/provisioning-token": ({ ids }) => one({ id: ids.provider }, {}),
  "DELETE /api/v1/identity-providers/[id]/provisioning-token": ({ ids }) => [
    { params: { id: ids.provider }, query: { reason: "none of yours" } },
  ],
  "GET /api/v1/devices": () => [],
  "POST /api/v1/devices": ({ word }) => one({}, { installId: crypto.randomUUID(), name: `${word} machine` }),
  "DELETE /api/v1/devices/[id]": ({ ids }) => [{ params: { id: ids.device }, query: { reason: "sold" } }],
  // With a deployment token alone: see the tests of pairing.
  "POST /api/v1/pair": () => [],
  "GET /api/v1/groups": () => [],
  "POST /api/v1/groups": ({ word }) => one({}, { name: `${word} groupies`, spaces: [`${word} space`] }),
  "GET /api/v1/groups/[id]": ({ ids }) => one({ id: ids.group }),
  "PATCH /api/v1/groups/[id]": ({ ids, word }) =>
    one({ id: ids.group }, { version: 1, name: `${word} changed` }, { version: 99, globalScope: true }),
  "DELETE /api/v1/groups/[id]": ({ ids }) => [
    { params: { id: ids.group }, query: { reason: "none of yours" } },
  ],
  "POST /api/v1/groups/[id]/members": ({ ids, word }, own) => [
    ...one({ id: ids.group }, { user: ids.auditor }, { user: `auditor@${word}.example` }),
    ...one({ id: own.ids.group }, { user: ids.auditor }, { user: `auditor@${word}.example` }),
    ...one({ id: ids.group }, { user: own.ids.auditor }),
  ],
  "DELETE /api/v1/groups/[id]/members/[user]": ({ ids }, own) =>
    [
      { id: ids.group, user: ids.auditor },
      { id: own.ids.group, user: ids.auditor },
      { id: ids.group, user: own.ids.auditor },
    ].map((params) => ({ params })),
  "GET /api/v1/recordings": ({ word, ids }) => [
    { query: { user: `${word} person` } },
    { query: { target: `${word} target`, deleted: "true", live: "false" } },
    { query: { connection: ids.recording } },
    { query: { cursor: `2026-11-19T00:00:00.000000Z_${ids.recording}` } },
  ],
  "GET /api/v1/recordings/live": () => [],
  "GET /api/v1/recordings/archive": ({ word, ids }) => [
    { query: { file: "cast", id: ids.recording } },
    { query: { file: "text", user: `${word} person` } },
    { query: { file: "text", user: `${word} person`, count: "true" } },
    { query: { file: "text", target: `${word} target` } },
  ],
  "GET /api/v1/recordings/people": ({ word }) => [{ query: { match: word } }],
  "GET /api/v1/recordings/search": ({ word, ids }) => [
    { query: { q: word } },
    { query: { q: "echo", recording: ids.recording } },
  ],
  "GET /api/v1/recordings/[id]": ({ ids }) => one({ id: ids.recording }),
  "DELETE /api/v1/recordings/[id]": ({ ids }) => [
    { params: { id: ids.recording }, query: { reason: "none of yours" } },
  ],
  "GET /api/v1/recordings/[id]/cast": ({ ids }) => one({ id: ids.recording }),
  "POST /api/v1/recordings/[id]/end": ({ ids }) => [
    { params: { id: ids.recording }, query: { reason: "none of yours" } },
  ],
  "POST /api/v1/recordings/[id]/hold": ({ ids }) => [
    { params: { id: ids.recording }, query: { reason: "none of yours" } },
  ],
  "DELETE /api/v1/recordings/[id]/hold": ({ ids }) => [
    { params: { id: ids.recording }, query: { reason: "none of yours" } },
  ],
  "GET /api/v1/recordings/[id]/live": ({ ids }) => one({ id: ids.recording }),
  "GET /api/v1/recordings/[id]/original": ({ ids }) => one({ id: ids.recording }),
  "GET /api/v1/recordings/[id]/playback": ({ ids }) => [
    { params: { id: ids.recording } },
    { params: { id: ids.recording }, query: { idle: "2" } },
  ],
  "GET /api/v1/recordings/[id]/player-index": ({ ids }) => one({ id: ids.recording }),
  "GET /api/v1/recordings/[id]/screen": ({ ids }) => [{ params: { id: ids.recording }, query: { t: "3.5" } }],
  "GET /api/v1/recordings/[id]/segments/[segment]": ({ ids }) => one({ id: ids.recording, segment: "0" }),
  "GET /api/v1/recordings/[id]/text": ({ ids }) => one({ id: ids.recording }),
  "GET /api/v1/retention": () => [{}, { query: { days: "1" } }],
  "PATCH /api/v1/retention": () =>
    one({}, { recordingsDays: 36500, recordingsMinimumDays: null, reason: "because" }),
  "GET /api/v1/saved-views": () => slugs.map((log) => ({ query: { log } })),
  "POST /api/v1/saved-views": ({ word, value, ids }) => [
    {
      body: { log: "commands", name: `${word} view`, query: `connection=${value("commands", "connection")}` },
    },
    { body: { log: "audit-log", name: ids.savedView, query: `workflow=${word}` } },
  ],
  "DELETE /api/v1/saved-views/[id]": ({ ids }) => one({ id: ids.savedView }),
  "GET /api/v1/session/[socket]/[id]": ({ word, value }) =>
    one({ socket: `${word} target`, id: value("connections", "connection") }),
  "PUT /api/v1/session/[socket]/[id]": ({ word, value }) =>
    one(
      { socket: `${word} target`, id: value("connections", "connection") },
      { killed: true, reason: "none of yours" },
    ),
  "GET /api/v1/session/[socket]/[id]/session_log": ({ word, value, ids }) => [
    { params: { socket: `${word} target`, id: value("connections", "connection") } },
    {
      params: { socket: `${word} target`, id: value("connections", "connection") },
      query: { recording_id: ids.recording },
    },
  ],
  "GET /api/v1/sessions": ({ word, value }) => [
    { query: { user_emails: value("connections", "user") } },
    { query: { socket_names: `${word} target`, page_size: "5" } },
  ],
  "GET /api/v1/sessions/[id]": ({ value }) => one({ id: value("connections", "connection") }),
  "PUT /api/v1/sessions/[id]": ({ value }) =>
    one({ id: value("connections", "connection") }, { killed: true, reason: "none of yours" }),
  "GET /api/v1/sign-in-policy": () => [],
  "PUT /api/v1/sign-in-policy": () =>
    one({}, { secondFactorRoles: [], idleMinutes: 720, absoluteHours: 168, reason: "as it was" }),
  "GET /api/v1/sources": () => [],
  "POST /api/v1/sources": ({ word }) => one({}, { name: `${word} source`, kind: "native" }),
  "GET /api/v1/sources/live": () => [],
  "PATCH /api/v1/sources/[id]": ({ ids, word }) =>
    one({ id: ids.source }, { disabled: true }, { disabled: false }, { settings: { cluster: word } }),
  "POST /api/v1/sources/[id]/token": ({ ids }) => one({ id: ids.source }, {}),
  "GET /api/v1/sources/[id]/certificates": ({ ids }) => one({ id: ids.sudoSource }),
  "POST /api/v1/sources/[id]/certificates": ({ ids }) => one({ id: ids.sudoSource }, { name: "host" }),
  "POST /api/v1/sources/[id]/certificates/[certificate]": ({ ids }, own) =>
    [
      { id: ids.sudoSource, certificate: ids.certificate },
      { id: own.ids.sudoSource, certificate: ids.certificate },
      { id: ids.sudoSource, certificate: own.ids.certificate },
    ].flatMap((params) => one(params, {})),
  "DELETE /api/v1/sources/[id]/certificates/[certificate]": ({ ids }, own) =>
    [
      { id: ids.sudoSource, certificate: ids.certificate },
      { id: own.ids.sudoSource, certificate: ids.certificate },
      { id: ids.sudoSource, certificate: own.ids.certificate },
    ].map((params) => ({ params, query: { reason: "none of yours" } })),
  "GET /api/v1/sources/[id]/quarantine": ({ ids }) => one({ id: ids.source }),
  "POST /api/v1/sources/[id]/quarantine/[record]": ({ ids }, own) =>
    [
      { id: ids.source, record: ids.quarantined },
      { id: own.ids.source, record: ids.quarantined },
      { id: ids.source, record: own.ids.quarantined },
    ].flatMap((params) => one(params, { action: "replay" }, { action: "dismiss", reason: "none" })),
  "GET /api/v1/spaces": ({ word }) => [
    { query: { match: word } },
    { query: { after: cursorAfter({ name: `${word} space` }) } },
  ],
  "PATCH /api/v1/spaces/[id]": ({ ids }) => one({ id: ids.space }, { description: "mine now" }),
  "GET /api/v1/targets": ({ word }) => [
    { query: { match: word } },
    { query: { after: cursorAfter({ name: `${word} target`, kind: "ssh" }) } },
  ],
  "PATCH /api/v1/targets/[id]": ({ ids }) => one({ id: ids.target }, { description: "mine now" }),
  "DELETE /api/v1/targets/[id]": ({ ids }) => [
    { params: { id: ids.target }, query: { reason: "none of yours" } },
  ],
  "GET /api/v1/tokens": () => [],
  "POST /api/v1/tokens": ({ word }) =>
    one({}, { name: `${word} token`, scopes: ["logs:read"], expiresInDays: 1 }),
  "DELETE /api/v1/tokens/[id]": ({ ids }) => one({ id: ids.token }),
  "GET /api/v1/users": ({ word }) => [
    { query: { match: word } },
    { query: { role: "auditor", status: "active", match: word } },
    { query: { after: `auditor@${word}.example` } },
  ],
  // An address signs in without naming an organization, so it is one person's in all of them: none is asked for here.
  "POST /api/v1/users": ({ word, ids }) =>
    one(
      {},
      { email: `new-${word}@somewhere.example`, name: word, role: "member", logins: [`${word} person`] },
      { email: "no address", name: word, role: "member" },
      { email: "grouped@somewhere.example", name: word, role: "member", groupIds: [ids.group] },
    ),
  "GET /api/v1/users/[id]": ({ ids }) => one({ id: ids.auditor }),
  "PATCH /api/v1/users/[id]": ({ ids }, own) => [
    ...one(
      { id: ids.auditor },
      { version: 1, name: "mine now" },
      { version: 1, status: "disabled", reason: "r" },
      { version: 1, groupIds: [own.ids.group] },
    ),
    ...one({ id: own.ids.auditor }, { version: 1, groupIds: [ids.group] }),
  ],
  "DELETE /api/v1/users/[id]": ({ ids }) => [
    { params: { id: ids.auditor }, query: { reason: "none of yours", version: "999" } },
  ],
  "PUT /api/v1/users/[id]/scope": ({ ids }, own) => [
    ...one({ id: ids.auditor }, { globalScope: true }, { groupIds: [] }, { groupIds: [ids.group] }),
    ...one({ id: own.ids.auditor }, { groupIds: [ids.group] }),
  ],
  "POST /api/v1/users/[id]/invitation": ({ ids }) => one({ id: ids.auditor }),
  "DELETE /api/v1/users/[id]/lock": ({ ids }) => [{ params: { id: ids.person }, query: { reason: "lost" } }],
  "DELETE /api/v1/users/[id]/second-factor": ({ ids }) => [
    { params: { id: ids.person }, query: { reason: "lost" } },
  ],
  "DELETE /api/v1/users/[id]/sessions": ({ ids }) => [
    { params: { id: ids.person }, query: { reason: "lost" } },
  ],
};
