-- An invited person has an account that opens with nothing until its link was used.
ALTER TABLE "users"
  ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1,
  ADD CONSTRAINT "users_status_check" CHECK ("status" IN ('invited', 'active', 'disabled'));

-- Whatever changes what people decide about an account: who edits it says which version they saw.
CREATE FUNCTION count_version_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION count_version_of_user() FROM PUBLIC;
CREATE TRIGGER count_version BEFORE UPDATE OF email, name, role, status, shared_only, global_scope, logins ON users
  FOR EACH ROW EXECUTE FUNCTION count_version_of_user();

-- CreateTable
CREATE TABLE "user_links" (
    "hash" BYTEA NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),
    "replaced_at" TIMESTAMPTZ(6),

    CONSTRAINT "user_links_pkey" PRIMARY KEY ("hash"),
    CONSTRAINT "user_links_purpose_check" CHECK ("purpose" IN ('activation', 'password-reset'))
);

-- CreateIndex
CREATE INDEX "user_links_user_id_idx" ON "user_links"("user_id");

-- AddForeignKey
ALTER TABLE "user_links" ADD CONSTRAINT "user_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE, DELETE ON user_links TO daybook_app;
