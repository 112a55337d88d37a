import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as readIndex } from "@/app/api/v1/recordings/[id]/player-index/route.ts";
import { GET as readScreen } from "@/app/api/v1/recordings/[id]/screen/route.ts";
import { GET as readSegment } from "@/app/api/v1/recordings/[id]/segments/[segment]/route.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { testRecording } from "./test-recording.ts";

let installation: TestInstallation;
let id: string;
beforeAll(async () => {
  installation = await testInstallation();
  const source = await testSource(installation.organizationId, "recordings");
  const facts = { word: "seen", user: "ann", target: "web-1", time: "2026-11-20T10:00:00.000000Z" };
  id = await testRecording(installation.organizationId, source.id, facts);
});
afterAll(() => installation.remove());

const routes = {
  segment: (request: Request) => readSegment(request, { params: Promise.resolve({ id, segment: "0" }) }),
  screen: (request: Request) => readScreen(request, { params: Promise.resolve({ id }) }),
  index: (request: Request) => readIndex(request, { params: Promise.resolve({ id }) }),
};

it.each(Object.entries(routes))("who asks for a %s has played it, once for all parts", async (_, read) => {
  const person = await installation.addUser("auditor");
  const { cookie } = await installation.login(person);
  for (const route of [read, read, ...Object.values(routes)]) {
    const answer = await route(new Request("http://localhost:3000/", { headers: { cookie } }));
    expect(answer.status).toBe(200);
  }
  const found = await pool().query(
    "SELECT initiator FROM audit_events WHERE target_id = $1 AND event_type = 'recording:played' AND initiator = $2",
    [id, person.email],
  );
  expect(found.rowCount).toBe(1);
});
