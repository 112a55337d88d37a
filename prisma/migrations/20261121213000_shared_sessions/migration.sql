-- An auditor may be kept to the sessions that were shared with them.
ALTER TABLE "users" ADD COLUMN "shared_only" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "session_shares" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "until" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" TEXT,

    CONSTRAINT "session_shares_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "session_shares_organization_id_connection_id_idx" ON "session_shares"("organization_id", "connection_id");
CREATE INDEX "session_shares_user_id_idx" ON "session_shares"("user_id");

-- AddForeignKey
ALTER TABLE "session_shares" ADD CONSTRAINT "session_shares_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE ON session_shares TO daybook_app;
