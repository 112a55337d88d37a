-- The parser of PostgreSQL takes paths, addresses and host names as one word each: who looks for `nginx` would
-- not find `/etc/nginx/nginx.conf`. Punctuation parts words; lib/recordings/server/search.ts asks in the same way.
DROP INDEX "recording_chunks_words_idx";
CREATE INDEX "recording_chunks_words_idx" ON "recording_chunks" USING GIN (
  to_tsvector('simple', translate("text", '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                '))
);
