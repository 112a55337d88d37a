-- The end of a connection that somebody asked for: requested, acknowledged by its source, settled.
-- CreateTable
CREATE TABLE "kills" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "place" BIGSERIAL NOT NULL,
    "connection_id" UUID NOT NULL,
    "open_connection_id" UUID,
    "source_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acknowledged_by" TEXT,
    "acknowledged_at" TIMESTAMPTZ(6),
    "outcome" TEXT,
    "settled_by" TEXT,
    "settled_at" TIMESTAMPTZ(6),
    "detail" TEXT,

    CONSTRAINT "kills_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "kills_organization_id_open_connection_id_key" ON "kills"("organization_id", "open_connection_id");
CREATE INDEX "kills_organization_id_connection_id_idx" ON "kills"("organization_id", "connection_id");
CREATE INDEX "kills_source_id_place_idx" ON "kills"("source_id", "place");

GRANT SELECT, INSERT, UPDATE ON kills TO daybook_app;
GRANT USAGE ON SEQUENCE kills_place_seq TO daybook_app;

-- AlterTable
ALTER TABLE "recordings" DROP COLUMN "kill_reason", DROP COLUMN "kill_by", DROP COLUMN "kill_requested_at", DROP COLUMN "kill_acknowledged_at";

-- When the source last listened for such requests: others cannot be told.
-- AlterTable
ALTER TABLE "source_health" ADD COLUMN "kills_heard_at" TIMESTAMPTZ(6);
