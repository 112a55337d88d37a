-- CreateTable
CREATE TABLE "identity_providers" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "client_secret" BYTEA NOT NULL,
    "signing_algorithm" TEXT NOT NULL DEFAULT 'RS256',
    "finds_by" TEXT NOT NULL DEFAULT 'email',
    "trusts_emails" BOOLEAN NOT NULL DEFAULT false,
    "creates_accounts" BOOLEAN NOT NULL DEFAULT false,
    "account_role" TEXT NOT NULL DEFAULT 'member',
    "highest_role" TEXT NOT NULL DEFAULT 'member',
    "gives_global_scope" BOOLEAN NOT NULL DEFAULT false,
    "groups_claim" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "scim_prefix" TEXT,
    "scim_hash" BYTEA,
    "scim_created_at" TIMESTAMPTZ(6),
    "scim_last_used_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_providers_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "identity_providers_kind_check" CHECK ("kind" IN ('vsa9', 'vsax', 'k1', 'oidc')),
    CONSTRAINT "identity_providers_finds_by_check" CHECK ("finds_by" IN ('email', 'subject')),
    CONSTRAINT "identity_providers_roles_check" CHECK ("account_role" IN ('member', 'auditor', 'admin') AND "highest_role" IN ('member', 'auditor', 'admin'))
);

-- CreateTable
CREATE TABLE "identity_links" (
    "provider_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "subject" TEXT,
    "external_id" TEXT,
    "made" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(6),

    CONSTRAINT "identity_links_pkey" PRIMARY KEY ("provider_id","user_id")
);

-- CreateTable
CREATE TABLE "identity_group_values" (
    "provider_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "group_id" UUID NOT NULL,

    CONSTRAINT "identity_group_values_pkey" PRIMARY KEY ("provider_id","value")
);

-- CreateTable
CREATE TABLE "identity_groups" (
    "provider_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "external_id" TEXT,
    "made" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_groups_pkey" PRIMARY KEY ("provider_id","group_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "identity_providers_organization_id_name_key" ON "identity_providers"("organization_id", "name");
CREATE UNIQUE INDEX "identity_providers_scim_hash_key" ON "identity_providers"("scim_hash");
CREATE UNIQUE INDEX "identity_links_provider_id_subject_key" ON "identity_links"("provider_id", "subject");
CREATE INDEX "identity_links_user_id_idx" ON "identity_links"("user_id");
CREATE INDEX "identity_group_values_group_id_idx" ON "identity_group_values"("group_id");
CREATE INDEX "identity_groups_group_id_idx" ON "identity_groups"("group_id");

-- AddForeignKey
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "identity_links" ADD CONSTRAINT "identity_links_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "identity_providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity_links" ADD CONSTRAINT "identity_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity_group_values" ADD CONSTRAINT "identity_group_values_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "identity_providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity_group_values" ADD CONSTRAINT "identity_group_values_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity_groups" ADD CONSTRAINT "identity_groups_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "identity_providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity_groups" ADD CONSTRAINT "identity_groups_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE, DELETE ON identity_providers, identity_links, identity_group_values, identity_groups TO daybook_app;
