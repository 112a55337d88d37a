-- CreateTable
CREATE TABLE "deployment_tokens" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "hosts" INTEGER NOT NULL,
    "paired" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "deleted_at" TIMESTAMPTZ(6),

    CONSTRAINT "deployment_tokens_pkey" PRIMARY KEY ("id"),
    -- However many hosts come at once.
    CONSTRAINT "deployment_tokens_paired_check" CHECK ("paired" BETWEEN 0 AND "hosts")
);

-- CreateIndex
CREATE UNIQUE INDEX "deployment_tokens_hash_key" ON "deployment_tokens"("hash");
CREATE INDEX "deployment_tokens_organization_id_idx" ON "deployment_tokens"("organization_id");

-- AlterTable
ALTER TABLE "sources" ADD COLUMN "deployment_token_id" UUID;
CREATE INDEX "sources_deployment_token_id_idx" ON "sources"("deployment_token_id");

-- AddForeignKey
ALTER TABLE "deployment_tokens" ADD CONSTRAINT "deployment_tokens_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "sources" ADD CONSTRAINT "sources_deployment_token_id_fkey" FOREIGN KEY ("deployment_token_id") REFERENCES "deployment_tokens"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A token is never rewritten: hosts pair with it, or it is deleted, and then it stays so.
GRANT SELECT, INSERT, UPDATE (paired, deleted_at) ON deployment_tokens TO daybook_app;
