-- CreateTable
CREATE TABLE "source_certificates" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(6) NOT NULL,
    "replaced_by" UUID,
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "refused_at" TIMESTAMPTZ(6),
    "refused_for" TEXT,

    CONSTRAINT "source_certificates_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "source_certificates_fingerprint_key" ON "source_certificates"("fingerprint");
CREATE INDEX "source_certificates_organization_id_source_id_idx" ON "source_certificates"("organization_id", "source_id");

-- AddForeignKey
ALTER TABLE "source_certificates" ADD CONSTRAINT "source_certificates_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE ON source_certificates TO daybook_app;
