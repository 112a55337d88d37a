-- Blobs that have to go: written before bytes are stored, taken back with the row that names them, written again
-- when that row is deleted. What a crash leaves behind is found here and not by reading the whole store.
CREATE TABLE "blob_removals" (
    "organization_id" UUID NOT NULL,
    "recording_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "blob_removals_pkey" PRIMARY KEY ("organization_id","recording_id")
);

CREATE INDEX "blob_removals_due_at_idx" ON "blob_removals"("due_at");

GRANT SELECT, INSERT, UPDATE, DELETE ON blob_removals TO daybook_app;
