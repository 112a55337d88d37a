-- How long an organization keeps its recordings, and how long nobody may delete them. No line, and no number: for ever,
-- and not at all.
CREATE TABLE "retention" (
    "organization_id" UUID NOT NULL,
    "recordings_days" INTEGER,
    "recordings_minimum_days" INTEGER,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "retention_pkey" PRIMARY KEY ("organization_id"),
    CONSTRAINT "retention_recordings_days_check" CHECK ("recordings_days" BETWEEN 1 AND 36500),
    CONSTRAINT "retention_recordings_minimum_days_check" CHECK ("recordings_minimum_days" BETWEEN 1 AND 36500),
    CONSTRAINT "retention_minimum_first_check" CHECK ("recordings_minimum_days" <= "recordings_days")
);

ALTER TABLE "recordings"
  ADD COLUMN "hold_reason" TEXT,
  ADD COLUMN "held_by" TEXT,
  ADD COLUMN "held_at" TIMESTAMPTZ(6);

CREATE INDEX "recordings_expires_at_idx" ON "recordings"("expires_at");

-- Every way in gives a recording its end. The lock lets a change of the setting and a recording that comes meanwhile
-- follow one another: whichever is second sees the first. What is received counts, not what the recording claims.
CREATE FUNCTION set_recording_expiry() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  SELECT NEW.received_at + make_interval(days => r.recordings_days) INTO NEW.expires_at
    FROM retention r WHERE r.organization_id = NEW.organization_id FOR SHARE;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION set_recording_expiry() FROM PUBLIC;
CREATE TRIGGER set_recording_expiry BEFORE INSERT ON recordings FOR EACH ROW EXECUTE FUNCTION set_recording_expiry();

GRANT SELECT, INSERT, UPDATE ON retention TO daybook_app;
