-- What was asked within a session: queries of databases and HTTP requests. A table of the record as the others are.
CREATE TABLE "session_requests" (
    "organization_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(6) NOT NULL,
    "id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "source_id" UUID NOT NULL,
    "source_record_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "xid8" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "seq" BIGINT NOT NULL DEFAULT nextval('record_seq'::regclass),
    "content_hash" BYTEA NOT NULL,
    "raw" BYTEA NOT NULL,
    "user_name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "target_user" TEXT,
    "space" TEXT,
    "connection_id" UUID,
    "kind" TEXT NOT NULL,
    "part" TEXT NOT NULL,
    "stage_rank" SMALLINT NOT NULL,
    "request_key" TEXT NOT NULL,
    "place" BIGINT,
    "method" TEXT,
    "request" TEXT NOT NULL,
    "parameters" TEXT,
    "outcome" TEXT NOT NULL,
    "status" INTEGER,
    "code" TEXT,
    "error" TEXT,
    "duration_us" BIGINT,
    "row_count" BIGINT,
    "bytes" BIGINT,
    "database" TEXT,
    "host" TEXT,
    "client_address" TEXT,
    "client_software" TEXT,
    "referrer" TEXT,

    CONSTRAINT "session_requests_pkey" PRIMARY KEY ("organization_id","time","id")
) PARTITION BY RANGE ("time");

CREATE INDEX "session_requests_epoch_xid8_seq_idx" ON "session_requests"("epoch", "xid8", "seq");
CREATE INDEX "session_requests_organization_id_user_name_time_id_idx" ON "session_requests"("organization_id", "user_name", "time", "id");
CREATE INDEX "session_requests_organization_id_connection_id_time_id_idx" ON "session_requests"("organization_id", "connection_id", "time", "id");
CREATE INDEX "session_requests_received_at_idx" ON "session_requests" USING BRIN ("received_at");
CREATE INDEX "session_requests_request_idx" ON "session_requests" USING GIN ("request" gin_trgm_ops);

CREATE OR REPLACE FUNCTION public.ensure_partition(log_table text, month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  first_day date := date_trunc('month', month)::date;
  part text := log_table || to_char(first_day, '_YYYY_MM');
BEGIN
  IF log_table NOT IN ('commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events', 'session_requests') THEN
    RAISE EXCEPTION 'no log table %', log_table USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF first_day < date '1990-01-01' OR first_day > (now() + interval '13 months')::date THEN
    RAISE EXCEPTION 'month % lies outside the record', first_day USING ERRCODE = 'datetime_field_overflow';
  END IF;
  IF to_regclass(format('daybook_parts.%I', part)) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('daybook partitions', 0));
  IF to_regclass(format('daybook_parts.%I', part)) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE daybook_parts.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION)', part, log_table);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION daybook_parts.%I FOR VALUES FROM (%L) TO (%L)',
    log_table, part, first_day::text || ' 00:00:00+00', (first_day + interval '1 month')::date::text || ' 00:00:00+00');
END $$;

CREATE OR REPLACE FUNCTION public.drop_month(log_table text, month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  first_day date := date_trunc('month', month)::date;
  part text := log_table || to_char(first_day, '_YYYY_MM');
  slug text := CASE log_table WHEN 'audit_events' THEN 'audit-log' ELSE replace(log_table, '_', '-') END;
  removed bigint;
BEGIN
  IF log_table NOT IN ('commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events', 'session_requests') THEN
    RAISE EXCEPTION 'no log table %', log_table USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF to_regclass(format('daybook_parts.%I', part)) IS NULL THEN RETURN 0; END IF;
  EXECUTE format('SELECT count(*) FROM daybook_parts.%I', part) INTO removed;
  EXECUTE format('ALTER TABLE public.%I DETACH PARTITION daybook_parts.%I', log_table, part);
  EXECUTE format('DROP TABLE daybook_parts.%I', part);
  DELETE FROM public.log_counts WHERE log = slug
    AND bucket >= first_day::timestamp AT TIME ZONE 'UTC' AND bucket < (first_day + interval '1 month') AT TIME ZONE 'UTC';
  DELETE FROM public.log_count_deltas WHERE log = slug
    AND bucket >= first_day::timestamp AT TIME ZONE 'UTC' AND bucket < (first_day + interval '1 month') AT TIME ZONE 'UTC';
  RETURN removed;
END $$;

CREATE OR REPLACE FUNCTION public.begin_epoch() RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  identity text := (SELECT system_identifier::text FROM pg_control_system());
  current integer;
  tab text;
BEGIN
  LOCK TABLE public.epochs IN EXCLUSIVE MODE;
  SELECT epoch INTO current FROM public.epochs WHERE system_identifier = identity;
  IF current IS NOT NULL AND current = (SELECT max(epoch) FROM public.epochs) THEN RETURN current; END IF;
  -- A cluster that comes back after another one was used gets a new epoch too: the order only grows.
  UPDATE public.epochs SET system_identifier = system_identifier || ' until ' || now()::text WHERE system_identifier = identity;
  SELECT coalesce(max(epoch), 0) + 1 INTO current FROM public.epochs;
  INSERT INTO public.epochs (epoch, system_identifier) VALUES (current, identity);
  FOREACH tab IN ARRAY ARRAY['commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events', 'session_requests', 'connections', 'kubernetes_commands'] LOOP
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN epoch SET DEFAULT %s', tab, current);
  END LOOP;
  RETURN current;
END $$;

-- As of Kubernetes calls: the furthest stage is the one that counts. A line that tells all has no other.
CREATE FUNCTION public.count_new_session_requests() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  WITH touched AS (
    SELECT DISTINCT organization_id, time, source_id, request_key FROM new_rows WHERE part <> 'whole'
  ), staged AS (
    SELECT k.*, fresh,
      rank() OVER (PARTITION BY k.organization_id, k.time, k.source_id, k.request_key ORDER BY k.stage_rank DESC) AS place_now,
      rank() OVER (PARTITION BY k.organization_id, k.time, k.source_id, k.request_key, fresh ORDER BY k.stage_rank DESC) AS place_before
    FROM touched t
    JOIN public.session_requests k USING (organization_id, time, source_id, request_key)
    CROSS JOIN LATERAL (SELECT k.id IN (SELECT n.id FROM new_rows n) AS fresh) f
  ), weighed AS (
    SELECT organization_id, time, outcome, user_name, target, target_user, space, 1 AS w FROM new_rows WHERE part = 'whole' UNION ALL
    SELECT organization_id, time, outcome, user_name, target, target_user, space, 1 FROM staged WHERE place_now = 1 UNION ALL
    SELECT organization_id, time, outcome, user_name, target, target_user, space, -1 FROM staged WHERE NOT fresh AND place_before = 1
  )
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'session-requests',
      CASE
        WHEN grouping(outcome) = 0 THEN 'outcome'
        WHEN grouping(user_name) = 0 THEN 'user'
        WHEN grouping(target) = 0 THEN 'target'
        WHEN grouping(target_user) = 0 THEN 'targetUser'
        WHEN grouping(space) = 0 THEN 'space'
      END,
      coalesce(hour, month), coalesce(outcome, user_name, target, target_user, space), sum(w)
    FROM (
      SELECT w, organization_id, outcome, user_name, target, target_user, space, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM weighed
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, outcome),
      (organization_id, month, user_name),
      (organization_id, month, target),
      (organization_id, month, target_user),
      (organization_id, month, space)
    )
    HAVING sum(w) <> 0 AND coalesce(outcome, user_name, target, target_user, space) IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.session_requests
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_session_requests();

REVOKE ALL ON FUNCTION count_new_session_requests() FROM PUBLIC;
GRANT SELECT ON session_requests TO daybook_app;
GRANT INSERT (
  organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw, user_name, target, target_user, space, connection_id, kind, part, stage_rank, request_key, place, method, request, parameters, outcome, status, code, error, duration_us, row_count, bytes, database, host, client_address, client_software, referrer
) ON session_requests TO daybook_app;
-- A database of before keeps its epoch; the default of the new table's is that of the others.
DO $$
BEGIN
  EXECUTE format('ALTER TABLE session_requests ALTER COLUMN epoch SET DEFAULT %s', (SELECT max(epoch) FROM epochs));
END $$;
SELECT ensure_partition('session_requests', (date_trunc('month', now()) + m * interval '1 month')::date)
FROM generate_series(-1, 2) AS m;
