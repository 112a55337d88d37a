import { disconnect, inTransaction, pool } from "@/lib/db/client.ts";
import { rebuildConnections } from "@/lib/ingest/server/connections.ts";
import { rebuildKubernetesCommands } from "@/lib/ingest/server/kubernetes.ts";

// `npm run rebuild`: makes the projections anew from the rows of the record, one organization at a time. The
// server should be stopped meanwhile: its live rows would wait for these long transactions.
const organizations = await pool().query<{ id: string; name: string }>(
  "SELECT id, name FROM organizations ORDER BY name",
);
for (const { id, name } of organizations.rows) {
  await inTransaction(async (client) => {
    await rebuildConnections(client, id);
    await rebuildKubernetesCommands(client, id);
  });
  process.stdout.write(`Rebuilt connections and Kubernetes commands of ${name}\n`);
}
await disconnect();
