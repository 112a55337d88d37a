-- The API calls of one connection, beside its recording. Most calls are of none, and cost nothing here.
CREATE INDEX "kubernetes_api_calls_organization_id_connection_id_time_id_idx"
  ON "kubernetes_api_calls" ("organization_id", "connection_id", "time", "id") WHERE "connection_id" IS NOT NULL;
