-- CreateTable
CREATE TABLE "streams" (
    "id" BIGINT NOT NULL,
    "organization_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "device_id" UUID,
    "user_name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "target_user" TEXT,
    "title" TEXT,
    "recording_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "streams_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "streams_source_id_device_id_created_at_idx" ON "streams"("source_id", "device_id", "created_at");

-- AddForeignKey
ALTER TABLE "streams" ADD CONSTRAINT "streams_device_id_fkey" FOREIGN KEY ("device_id") REFERENCES "devices"("id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE, DELETE ON streams TO daybook_app;
