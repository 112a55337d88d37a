-- Rows that an export will have, counted in the snapshot that is copied.
ALTER TABLE "exports" ADD COLUMN "total" BIGINT;
