-- Whether a quarantined record lies there because another record has its id: no fix lets it be replayed.
ALTER TABLE "quarantined_records" ADD COLUMN "id_taken" BOOLEAN NOT NULL DEFAULT false;

UPDATE "quarantined_records" SET "id_taken" = true
WHERE "reason" = 'another record has the id ' || "source_record_id" || ' and other content';
