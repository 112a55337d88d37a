-- An event's Id is one within its organization, whoever sends it: every import and every post asks for it.
CREATE INDEX "audit_events_id_organization_id_idx" ON "audit_events"("id", "organization_id");
