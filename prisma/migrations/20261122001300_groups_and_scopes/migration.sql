-- Without the global scope a person sees what the scopes of their groups name. Everybody there is keeps seeing all.
ALTER TABLE "users" ADD COLUMN "global_scope" BOOLEAN NOT NULL DEFAULT true;

ALTER TABLE "groups"
  ADD COLUMN "description" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "global_scope" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "group_scopes" (
    "group_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "group_scopes_pkey" PRIMARY KEY ("group_id","kind","name"),
    CONSTRAINT "group_scopes_kind_check" CHECK ("kind" IN ('space', 'target'))
);

-- AddForeignKey
ALTER TABLE "group_scopes" ADD CONSTRAINT "group_scopes_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

GRANT SELECT, INSERT, UPDATE, DELETE ON group_scopes TO daybook_app;
