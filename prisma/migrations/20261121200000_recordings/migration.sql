-- CreateTable
CREATE TABLE "recordings" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "duration_us" BIGINT,
    "user_name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "target_user" TEXT,
    "space" TEXT,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "title" TEXT,
    "command" TEXT,
    "columns" INTEGER,
    "rows" INTEGER,
    "bytes" BIGINT NOT NULL,
    "sha256" BYTEA,
    "state" TEXT NOT NULL DEFAULT 'processing',
    "fault" TEXT,
    "findings" JSONB NOT NULL DEFAULT '[]',
    "commands" INTEGER NOT NULL DEFAULT 0,
    "denied" BOOLEAN NOT NULL DEFAULT false,
    "segments" INTEGER NOT NULL DEFAULT 0,
    "live_key" TEXT,
    "kill_ends" TEXT,
    "kill_reason" TEXT,
    "kill_by" TEXT,
    "kill_requested_at" TIMESTAMPTZ(6),
    "kill_acknowledged_at" TIMESTAMPTZ(6),
    "hold" BOOLEAN NOT NULL DEFAULT false,
    "expires_at" TIMESTAMPTZ(6),
    "deleted_at" TIMESTAMPTZ(6),
    "deleted_by" TEXT,
    "delete_reason" TEXT,

    CONSTRAINT "recordings_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "recording_chunks" (
    "organization_id" UUID NOT NULL,
    "recording_id" UUID NOT NULL,
    "place" INTEGER NOT NULL,
    "times" BIGINT[],
    "text" TEXT NOT NULL,

    CONSTRAINT "recording_chunks_pkey" PRIMARY KEY ("organization_id","recording_id","place")
);

-- CreateTable
CREATE TABLE "devices" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "install_hash" BYTEA NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "devices_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "recordings_organization_id_user_name_started_at_id_idx" ON "recordings"("organization_id", "user_name", "started_at", "id");
CREATE INDEX "recordings_organization_id_started_at_id_idx" ON "recordings"("organization_id", "started_at", "id");
CREATE INDEX "recordings_organization_id_connection_id_idx" ON "recordings"("organization_id", "connection_id");
CREATE UNIQUE INDEX "recordings_source_id_sha256_key" ON "recordings"("source_id", "sha256");
CREATE UNIQUE INDEX "recordings_live_key_key" ON "recordings"("live_key");
CREATE UNIQUE INDEX "devices_install_hash_key" ON "devices"("install_hash");
CREATE INDEX "devices_organization_id_user_id_idx" ON "devices"("organization_id", "user_id");

-- AddForeignKey
ALTER TABLE "devices" ADD CONSTRAINT "devices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "recording_chunks" ADD CONSTRAINT "recording_chunks_organization_id_recording_id_fkey" FOREIGN KEY ("organization_id", "recording_id") REFERENCES "recordings"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Words of any language as they stand: what was shown in a terminal is no prose to be stemmed.
CREATE INDEX "recording_chunks_words_idx" ON "recording_chunks" USING GIN (to_tsvector('simple', "text"));

GRANT SELECT, INSERT, UPDATE ON recordings TO daybook_app;
GRANT SELECT, INSERT, DELETE ON recording_chunks TO daybook_app;
GRANT SELECT, INSERT, UPDATE ON devices TO daybook_app;
