-- Whose, where and when a text was shown stand in the index of its words, as words that no text can have (of texts,
-- punctuation is left out). A word that is on every screen is then found in the newest recordings, or in one
-- person's, without the rest being looked at; lib/recordings/server/search.ts asks in the same way.
ALTER TABLE "recording_chunks" ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT '{}';

CREATE FUNCTION recording_tags("organization" uuid, "recording" uuid, "user_name" text, "target" text, "started_at" timestamptz)
RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN ARRAY[
  '=o' || "organization", '=r' || "recording", '=u' || md5("user_name"), '=t' || md5("target"),
  '=m' || to_char("started_at" AT TIME ZONE 'UTC', 'YYYY-MM'), '=d' || to_char("started_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD')
];

-- The tags follow from the recording, whoever writes the text.
CREATE FUNCTION tag_recording_chunk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT recording_tags(r.organization_id, r.id, r.user_name, r.target, r.started_at) INTO STRICT NEW.tags
  FROM public.recordings r WHERE r.organization_id = NEW.organization_id AND r.id = NEW.recording_id;
  RETURN NEW;
END $$;
CREATE TRIGGER "recording_chunks_tags" BEFORE INSERT ON "recording_chunks"
  FOR EACH ROW EXECUTE FUNCTION tag_recording_chunk();

-- And go with it. As the owner: the server itself has no right to change a text.
CREATE FUNCTION tag_recording() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE recording_chunks SET tags = recording_tags(NEW.organization_id, NEW.id, NEW.user_name, NEW.target, NEW.started_at)
  WHERE organization_id = NEW.organization_id AND recording_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "recordings_tags" AFTER UPDATE OF "user_name", "target", "started_at" ON "recordings" FOR EACH ROW
  WHEN ((OLD.user_name, OLD.target, OLD.started_at) IS DISTINCT FROM (NEW.user_name, NEW.target, NEW.started_at))
  EXECUTE FUNCTION tag_recording();

UPDATE "recording_chunks" c SET "tags" = recording_tags(r.organization_id, r.id, r.user_name, r.target, r.started_at)
FROM "recordings" r WHERE r.organization_id = c.organization_id AND r.id = c.recording_id;

DROP INDEX "recording_chunks_words_idx";
CREATE INDEX "recording_chunks_words_idx" ON "recording_chunks" USING GIN ((
  to_tsvector('simple', translate("text", '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                '))
  || array_to_tsvector("tags")
));
