-- Whether who signs out of Daybook is sent on to sign out of the provider too, and which provider began a session.
ALTER TABLE "identity_providers" ADD COLUMN "signs_out" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "sessions" ADD COLUMN "provider_id" UUID;
