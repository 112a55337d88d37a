-- Names of a person in the records of sources, beside the email address.
ALTER TABLE "users" ADD COLUMN "logins" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
