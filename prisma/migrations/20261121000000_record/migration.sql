-- The schema of Daybook. Tables of the record are partitioned by month of occurrence; partitions lie in a
-- schema of their own, where the application's role has no rights: it reaches rows through the parent only.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA daybook_parts;
CREATE SEQUENCE record_seq AS bigint;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_members" (
    "group_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "group_members_pkey" PRIMARY KEY ("group_id","user_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_throttles" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "window_start" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(6),

    CONSTRAINT "sign_in_throttles_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "spaces" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "spaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "targets" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(6),

    CONSTRAINT "targets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sources" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "token_prefix" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(6),

    CONSTRAINT "sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_health" (
    "source_id" UUID NOT NULL,
    "last_received_at" TIMESTAMPTZ(6),
    "last_record_time" TIMESTAMPTZ(6),
    "accepted" BIGINT NOT NULL DEFAULT 0,
    "duplicates" BIGINT NOT NULL DEFAULT 0,
    "quarantined" BIGINT NOT NULL DEFAULT 0,
    "skipped" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "source_health_pkey" PRIMARY KEY ("source_id")
);

-- CreateTable
CREATE TABLE "source_minutes" (
    "source_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(6) NOT NULL,
    "accepted" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "source_minutes_pkey" PRIMARY KEY ("source_id","minute")
);

-- CreateTable
CREATE TABLE "record_receipts" (
    "source_id" UUID NOT NULL,
    "record_id" TEXT NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "record_receipts_pkey" PRIMARY KEY ("source_id","record_id")
);

-- CreateTable
CREATE TABLE "quarantined_records" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "source_record_id" TEXT,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "reason" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "resolved_at" TIMESTAMPTZ(6),
    "resolved_by" TEXT,

    CONSTRAINT "quarantined_records_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "epochs" (
    "epoch" INTEGER NOT NULL,
    "system_identifier" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "epochs_pkey" PRIMARY KEY ("epoch")
);

-- CreateTable
CREATE TABLE "log_counts" (
    "organization_id" UUID NOT NULL,
    "log" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "bucket" TIMESTAMPTZ(6) NOT NULL,
    "value" TEXT NOT NULL,
    "n" BIGINT NOT NULL,

    CONSTRAINT "log_counts_pkey" PRIMARY KEY ("organization_id","log","field","bucket","value")
);

-- CreateTable
CREATE TABLE "log_count_deltas" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" UUID NOT NULL,
    "log" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "bucket" TIMESTAMPTZ(6) NOT NULL,
    "value" TEXT NOT NULL,
    "n" BIGINT NOT NULL,

    CONSTRAINT "log_count_deltas_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "commands" (
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
    "command" TEXT NOT NULL,
    "space" TEXT,
    "connection_id" UUID,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "exit_code" INTEGER,
    "origin" TEXT NOT NULL,
    "client_address" TEXT,
    "working_directory" TEXT,
    "offset_ms" BIGINT,

    CONSTRAINT "commands_pkey" PRIMARY KEY ("organization_id","time","id")
) PARTITION BY RANGE ("time");

-- CreateTable
CREATE TABLE "kubernetes_api_calls" (
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
    "audit_id" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "stage_rank" SMALLINT NOT NULL,
    "user_name" TEXT NOT NULL,
    "groups" TEXT,
    "impersonated_user" TEXT,
    "target_user" TEXT,
    "cluster" TEXT NOT NULL,
    "namespace" TEXT,
    "resource" TEXT,
    "subresource" TEXT,
    "name" TEXT,
    "api_group" TEXT,
    "verb" TEXT NOT NULL,
    "access_method" TEXT NOT NULL,
    "status" INTEGER,
    "outcome" TEXT NOT NULL,
    "duration_us" BIGINT,
    "request_uri" TEXT NOT NULL,
    "user_agent" TEXT,
    "client_address" TEXT,
    "command" TEXT,
    "decision" TEXT,
    "reason" TEXT,
    "command_id" UUID,
    "connection_id" UUID,

    CONSTRAINT "kubernetes_api_calls_pkey" PRIMARY KEY ("organization_id","time","id")
) PARTITION BY RANGE ("time");

-- CreateTable
CREATE TABLE "connection_events" (
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
    "connection_id" UUID NOT NULL,
    "connection_ref" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "space" TEXT,
    "target_user" TEXT,
    "target" TEXT NOT NULL,
    "cause" TEXT,
    "kind" TEXT NOT NULL,
    "client_address" TEXT,
    "client_port" INTEGER,
    "client_software" TEXT,

    CONSTRAINT "connection_events_pkey" PRIMARY KEY ("organization_id","time","id")
) PARTITION BY RANGE ("time");

-- CreateTable
CREATE TABLE "user_events" (
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
    "actor_type" TEXT NOT NULL,
    "actor_id" TEXT,
    "action" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "status" INTEGER,
    "client_address" TEXT,
    "user_agent" TEXT,
    "duration_us" BIGINT,
    "request_id" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "user_events_pkey" PRIMARY KEY ("organization_id","time","id")
) PARTITION BY RANGE ("time");

-- CreateTable
CREATE TABLE "audit_events" (
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
    "event_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "event_description" TEXT NOT NULL,
    "initiator" TEXT NOT NULL,
    "initiator_type" TEXT NOT NULL,
    "initiator_id" TEXT,
    "target" TEXT,
    "target_type" TEXT,
    "target_id" TEXT,
    "operation_status" TEXT NOT NULL,
    "custom_values" JSON,
    "original_state" JSON,
    "updated_state" JSON,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("organization_id","time","id")
) PARTITION BY RANGE ("time");

-- CreateTable
CREATE TABLE "connections" (
    "organization_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(6) NOT NULL,
    "id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "xid8" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "seq" BIGINT NOT NULL DEFAULT nextval('record_seq'::regclass),
    "source_id" UUID NOT NULL,
    "ref" TEXT NOT NULL,
    "end_time" TIMESTAMPTZ(6),
    "last_event_time" TIMESTAMPTZ(6) NOT NULL,
    "user_name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "space" TEXT,
    "target_user" TEXT,
    "target" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "client_address" TEXT,
    "place" TEXT,
    "client_software" TEXT,
    "cause" TEXT,
    "events" INTEGER NOT NULL,

    CONSTRAINT "connections_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "kubernetes_commands" (
    "organization_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(6) NOT NULL,
    "id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "xid8" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "seq" BIGINT NOT NULL DEFAULT nextval('record_seq'::regclass),
    "source_id" UUID NOT NULL,
    "end_time" TIMESTAMPTZ(6) NOT NULL,
    "user_name" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "target_user" TEXT,
    "command" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "resource" TEXT,
    "name" TEXT,
    "namespace" TEXT,
    "api_calls" INTEGER NOT NULL,
    "access_method" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "client_address" TEXT,

    CONSTRAINT "kubernetes_commands_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "saved_views" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "log" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_views_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exports" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "log" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "rows" BIGINT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "exports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "open_workflows" (
    "workflow_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "facts" JSON NOT NULL,

    CONSTRAINT "open_workflows_pkey" PRIMARY KEY ("workflow_id")
);

-- CreateIndex
CREATE INDEX "users_organization_id_idx" ON "users"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "groups_organization_id_name_key" ON "groups"("organization_id", "name");

-- CreateIndex
CREATE INDEX "group_members_user_id_idx" ON "group_members"("user_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "api_tokens_organization_id_idx" ON "api_tokens"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "spaces_organization_id_name_key" ON "spaces"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "targets_organization_id_kind_name_key" ON "targets"("organization_id", "kind", "name");

-- CreateIndex
CREATE UNIQUE INDEX "sources_organization_id_name_key" ON "sources"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "sources_token_hash_key" ON "sources"("token_hash");

-- CreateIndex
CREATE INDEX "quarantined_records_organization_id_source_id_state_receive_idx" ON "quarantined_records"("organization_id", "source_id", "state", "received_at");

-- CreateIndex
CREATE UNIQUE INDEX "epochs_system_identifier_key" ON "epochs"("system_identifier");

-- CreateIndex
CREATE INDEX "log_count_deltas_organization_id_log_field_bucket_idx" ON "log_count_deltas"("organization_id", "log", "field", "bucket");

-- CreateIndex
CREATE INDEX "commands_epoch_xid8_seq_idx" ON "commands"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "commands_organization_id_user_name_time_id_idx" ON "commands"("organization_id", "user_name", "time", "id");

-- CreateIndex
CREATE INDEX "commands_organization_id_connection_id_time_id_idx" ON "commands"("organization_id", "connection_id", "time", "id");

-- CreateIndex
CREATE INDEX "commands_received_at_idx" ON "commands" USING BRIN ("received_at");

-- CreateIndex
CREATE INDEX "commands_command_idx" ON "commands" USING GIN ("command" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "kubernetes_api_calls_epoch_xid8_seq_idx" ON "kubernetes_api_calls"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "kubernetes_api_calls_organization_id_user_name_time_id_idx" ON "kubernetes_api_calls"("organization_id", "user_name", "time", "id");

-- CreateIndex
CREATE INDEX "kubernetes_api_calls_organization_id_command_id_time_id_idx" ON "kubernetes_api_calls"("organization_id", "command_id", "time", "id");

-- CreateIndex
CREATE INDEX "kubernetes_api_calls_received_at_idx" ON "kubernetes_api_calls" USING BRIN ("received_at");

-- CreateIndex
CREATE INDEX "kubernetes_api_calls_request_uri_idx" ON "kubernetes_api_calls" USING GIN ("request_uri" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "connection_events_epoch_xid8_seq_idx" ON "connection_events"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "connection_events_organization_id_user_name_time_id_idx" ON "connection_events"("organization_id", "user_name", "time", "id");

-- CreateIndex
CREATE INDEX "connection_events_organization_id_connection_id_time_id_idx" ON "connection_events"("organization_id", "connection_id", "time", "id");

-- CreateIndex
CREATE INDEX "connection_events_received_at_idx" ON "connection_events" USING BRIN ("received_at");

-- CreateIndex
CREATE INDEX "user_events_epoch_xid8_seq_idx" ON "user_events"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "user_events_organization_id_user_name_time_id_idx" ON "user_events"("organization_id", "user_name", "time", "id");

-- CreateIndex
CREATE INDEX "user_events_received_at_idx" ON "user_events" USING BRIN ("received_at");

-- CreateIndex
CREATE INDEX "user_events_resource_idx" ON "user_events" USING GIN ("resource" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "audit_events_epoch_xid8_seq_idx" ON "audit_events"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "audit_events_organization_id_category_time_id_idx" ON "audit_events"("organization_id", "category", "time", "id");

-- CreateIndex
CREATE INDEX "audit_events_organization_id_workflow_id_time_id_idx" ON "audit_events"("organization_id", "workflow_id", "time", "id");

-- CreateIndex
CREATE INDEX "audit_events_received_at_idx" ON "audit_events" USING BRIN ("received_at");

-- CreateIndex
CREATE INDEX "connections_organization_id_time_id_idx" ON "connections"("organization_id", "time", "id");

-- CreateIndex
CREATE INDEX "connections_epoch_xid8_seq_idx" ON "connections"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "connections_organization_id_user_name_time_id_idx" ON "connections"("organization_id", "user_name", "time", "id");

-- CreateIndex
CREATE INDEX "connections_source_id_ref_time_idx" ON "connections"("source_id", "ref", "time");

-- CreateIndex
CREATE INDEX "kubernetes_commands_organization_id_time_id_idx" ON "kubernetes_commands"("organization_id", "time", "id");

-- CreateIndex
CREATE INDEX "kubernetes_commands_epoch_xid8_seq_idx" ON "kubernetes_commands"("epoch", "xid8", "seq");

-- CreateIndex
CREATE INDEX "kubernetes_commands_organization_id_user_name_time_id_idx" ON "kubernetes_commands"("organization_id", "user_name", "time", "id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_views_organization_id_user_id_log_name_key" ON "saved_views"("organization_id", "user_id", "log", "name");

-- CreateIndex
CREATE INDEX "exports_organization_id_started_at_idx" ON "exports"("organization_id", "started_at");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "groups" ADD CONSTRAINT "groups_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "targets" ADD CONSTRAINT "targets_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sources" ADD CONSTRAINT "sources_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Partitions -----------------------------------------------------------------------------------------

-- Makes the partition of one log and month unless it exists. ATTACH, unlike CREATE … PARTITION OF, lets
-- readers and writers of the parent go on.
CREATE FUNCTION public.ensure_partition(log_table text, month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  first_day date := date_trunc('month', month)::date;
  part text := log_table || to_char(first_day, '_YYYY_MM');
BEGIN
  IF log_table NOT IN ('commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events') THEN
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

-- Removes one month of one log and its counts: retention. Not granted to the application's role.
CREATE FUNCTION public.drop_month(log_table text, month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  first_day date := date_trunc('month', month)::date;
  part text := log_table || to_char(first_day, '_YYYY_MM');
  slug text := CASE log_table WHEN 'audit_events' THEN 'audit-log' ELSE replace(log_table, '_', '-') END;
  removed bigint;
BEGIN
  IF log_table NOT IN ('commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events') THEN
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

-- Order of the record --------------------------------------------------------------------------------

-- Transaction ids start anew in another cluster (a restored dump), so the epoch, the first part of the
-- order, follows the cluster's identity. Called by the owner at every start.
CREATE FUNCTION public.begin_epoch() RETURNS integer
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
  FOREACH tab IN ARRAY ARRAY['commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events', 'connections', 'kubernetes_commands'] LOOP
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN epoch SET DEFAULT %s', tab, current);
  END LOOP;
  RETURN current;
END $$;

-- A projection's row that changes is read again by whoever follows.
CREATE FUNCTION public.move_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.xid8 := pg_current_xact_id()::text::bigint;
  NEW.seq := nextval('public.record_seq');
  RETURN NEW;
END $$;

-- Who holds live rows back: the oldest transaction that has written. Runs as the owner, who may see more
-- of pg_stat_activity than the application's role.
CREATE FUNCTION public.live_blocker() RETURNS TABLE (pid integer, application text, role text, seconds double precision)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.pid, a.application_name, a.usename::text, extract(epoch FROM clock_timestamp() - a.xact_start)::double precision
  FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL ORDER BY age(a.backend_xid) DESC LIMIT 1
$$;

-- Counts ---------------------------------------------------------------------------------------------

CREATE FUNCTION public.count_new_commands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'commands', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, outcome, user_name, target, target_user, space, 1 AS w FROM new_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('outcome', date_trunc('hour', r.time, 'UTC'), r.outcome),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('target', date_trunc('month', r.time, 'UTC'), r.target),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('space', date_trunc('month', r.time, 'UTC'), r.space)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.commands
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_commands();

-- Only the furthest stage of a call is shown, so a new stage takes away the count of the one it overtakes.
CREATE FUNCTION public.count_new_kubernetes_api_calls() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  WITH touched AS (
    SELECT DISTINCT organization_id, time, source_id, audit_id FROM new_rows
  ), staged AS (
    SELECT k.*, fresh,
      rank() OVER (PARTITION BY k.organization_id, k.time, k.source_id, k.audit_id ORDER BY k.stage_rank DESC) AS place_now,
      rank() OVER (PARTITION BY k.organization_id, k.time, k.source_id, k.audit_id, fresh ORDER BY k.stage_rank DESC) AS place_before
    FROM touched t
    JOIN public.kubernetes_api_calls k USING (organization_id, time, source_id, audit_id)
    CROSS JOIN LATERAL (SELECT k.id IN (SELECT n.id FROM new_rows n) AS fresh) f
  )
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'kubernetes-api-calls', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, outcome, user_name, cluster, target_user, namespace, resource, verb, 1 AS w FROM (SELECT * FROM staged WHERE place_now = 1) a UNION ALL
      SELECT organization_id, time, outcome, user_name, cluster, target_user, namespace, resource, verb, -1 AS w FROM (SELECT * FROM staged WHERE NOT fresh AND place_before = 1) b
    ) r
    CROSS JOIN LATERAL (VALUES
      ('outcome', date_trunc('hour', r.time, 'UTC'), r.outcome),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('cluster', date_trunc('month', r.time, 'UTC'), r.cluster),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('namespace', date_trunc('month', r.time, 'UTC'), r.namespace),
      ('resource', date_trunc('month', r.time, 'UTC'), r.resource),
      ('verb', date_trunc('month', r.time, 'UTC'), r.verb)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.kubernetes_api_calls
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_kubernetes_api_calls();

CREATE FUNCTION public.count_new_connection_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'connection-events', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, event, user_name, target, target_user, space, client_address, 1 AS w FROM new_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('event', date_trunc('hour', r.time, 'UTC'), r.event),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('target', date_trunc('month', r.time, 'UTC'), r.target),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('space', date_trunc('month', r.time, 'UTC'), r.space),
      ('clientAddress', date_trunc('month', r.time, 'UTC'), r.client_address)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.connection_events
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_connection_events();

CREATE FUNCTION public.count_new_user_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'user-events', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, outcome, user_name, action, client_address, 1 AS w FROM new_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('outcome', date_trunc('hour', r.time, 'UTC'), r.outcome),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('action', date_trunc('month', r.time, 'UTC'), r.action),
      ('clientAddress', date_trunc('month', r.time, 'UTC'), r.client_address)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.user_events
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_user_events();

CREATE FUNCTION public.count_new_audit_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'audit-log', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, operation_status, category, initiator, target, workflow_type, event_type, 1 AS w FROM new_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('operationStatus', date_trunc('hour', r.time, 'UTC'), r.operation_status),
      ('category', date_trunc('month', r.time, 'UTC'), r.category),
      ('initiator', date_trunc('month', r.time, 'UTC'), r.initiator),
      ('target', date_trunc('month', r.time, 'UTC'), r.target),
      ('workflowType', date_trunc('month', r.time, 'UTC'), r.workflow_type),
      ('eventType', date_trunc('month', r.time, 'UTC'), r.event_type)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.audit_events
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_audit_events();

CREATE FUNCTION public.count_new_connections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'connections', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, status, user_name, target, target_user, space, client_address, 1 AS w FROM new_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('status', date_trunc('hour', r.time, 'UTC'), r.status),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('target', date_trunc('month', r.time, 'UTC'), r.target),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('space', date_trunc('month', r.time, 'UTC'), r.space),
      ('clientAddress', date_trunc('month', r.time, 'UTC'), r.client_address)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.connections
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_connections();

CREATE FUNCTION public.count_changed_connections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'connections', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, status, user_name, target, target_user, space, client_address, 1 AS w FROM new_rows UNION ALL
      SELECT organization_id, time, status, user_name, target, target_user, space, client_address, -1 AS w FROM old_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('status', date_trunc('hour', r.time, 'UTC'), r.status),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('target', date_trunc('month', r.time, 'UTC'), r.target),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('space', date_trunc('month', r.time, 'UTC'), r.space),
      ('clientAddress', date_trunc('month', r.time, 'UTC'), r.client_address)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_changed AFTER UPDATE ON public.connections
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_changed_connections();

CREATE FUNCTION public.count_removed_connections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'connections', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, status, user_name, target, target_user, space, client_address, -1 AS w FROM old_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('status', date_trunc('hour', r.time, 'UTC'), r.status),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('target', date_trunc('month', r.time, 'UTC'), r.target),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('space', date_trunc('month', r.time, 'UTC'), r.space),
      ('clientAddress', date_trunc('month', r.time, 'UTC'), r.client_address)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_removed AFTER DELETE ON public.connections
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_removed_connections();

CREATE TRIGGER move_forward BEFORE UPDATE ON public.connections
  FOR EACH ROW EXECUTE FUNCTION public.move_forward();

CREATE FUNCTION public.count_new_kubernetes_commands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'kubernetes-commands', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, outcome, user_name, cluster, target_user, namespace, resource, 1 AS w FROM new_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('outcome', date_trunc('hour', r.time, 'UTC'), r.outcome),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('cluster', date_trunc('month', r.time, 'UTC'), r.cluster),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('namespace', date_trunc('month', r.time, 'UTC'), r.namespace),
      ('resource', date_trunc('month', r.time, 'UTC'), r.resource)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON public.kubernetes_commands
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_new_kubernetes_commands();

CREATE FUNCTION public.count_changed_kubernetes_commands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'kubernetes-commands', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, outcome, user_name, cluster, target_user, namespace, resource, 1 AS w FROM new_rows UNION ALL
      SELECT organization_id, time, outcome, user_name, cluster, target_user, namespace, resource, -1 AS w FROM old_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('outcome', date_trunc('hour', r.time, 'UTC'), r.outcome),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('cluster', date_trunc('month', r.time, 'UTC'), r.cluster),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('namespace', date_trunc('month', r.time, 'UTC'), r.namespace),
      ('resource', date_trunc('month', r.time, 'UTC'), r.resource)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_changed AFTER UPDATE ON public.kubernetes_commands
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_changed_kubernetes_commands();

CREATE FUNCTION public.count_removed_kubernetes_commands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT r.organization_id, 'kubernetes-commands', c.field, c.bucket, c.value, sum(r.w)
    FROM (
      SELECT organization_id, time, outcome, user_name, cluster, target_user, namespace, resource, -1 AS w FROM old_rows
    ) r
    CROSS JOIN LATERAL (VALUES
      ('outcome', date_trunc('hour', r.time, 'UTC'), r.outcome),
      ('user', date_trunc('month', r.time, 'UTC'), r.user_name),
      ('cluster', date_trunc('month', r.time, 'UTC'), r.cluster),
      ('targetUser', date_trunc('month', r.time, 'UTC'), r.target_user),
      ('namespace', date_trunc('month', r.time, 'UTC'), r.namespace),
      ('resource', date_trunc('month', r.time, 'UTC'), r.resource)
    ) AS c (field, bucket, value)
    WHERE c.value IS NOT NULL
    GROUP BY r.organization_id, c.field, c.bucket, c.value
    HAVING sum(r.w) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER count_removed AFTER DELETE ON public.kubernetes_commands
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.count_removed_kubernetes_commands();

CREATE TRIGGER move_forward BEFORE UPDATE ON public.kubernetes_commands
  FOR EACH ROW EXECUTE FUNCTION public.move_forward();

-- Folds what the triggers added into log_counts; short, and one at a time.
CREATE FUNCTION public.fold_counts() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE folded bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('daybook fold', 0)) THEN RETURN 0; END IF;
  WITH gone AS (
    DELETE FROM public.log_count_deltas WHERE id IN (SELECT id FROM public.log_count_deltas ORDER BY id LIMIT 20000)
    RETURNING organization_id, log, field, bucket, value, n
  ), total AS (
    SELECT organization_id, log, field, bucket, value, sum(n) AS n FROM gone GROUP BY 1, 2, 3, 4, 5
  ), folding AS (
    INSERT INTO public.log_counts AS c (organization_id, log, field, bucket, value, n)
    SELECT organization_id, log, field, bucket, value, n FROM total
    ON CONFLICT (organization_id, log, field, bucket, value) DO UPDATE SET n = c.n + excluded.n
  )
  SELECT count(*) INTO folded FROM gone;
  RETURN folded;
END $$;

-- Rights ---------------------------------------------------------------------------------------------

REVOKE ALL ON FUNCTION ensure_partition(text, date), drop_month(text, date), begin_epoch(), live_blocker(), fold_counts() FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO daybook_app;
-- The record: what was written stays.
GRANT SELECT, INSERT ON commands, kubernetes_api_calls, connection_events, user_events, audit_events, record_receipts TO daybook_app;
GRANT USAGE ON SEQUENCE record_seq TO daybook_app;
GRANT SELECT ON epochs, log_counts, log_count_deltas TO daybook_app;
-- What people edit, and projections.
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations, users, groups, group_members, sessions, sign_in_throttles,
  api_tokens, spaces, targets, sources, source_health, source_minutes, quarantined_records, saved_views, exports,
  connections, kubernetes_commands TO daybook_app;
GRANT SELECT, INSERT, DELETE ON open_workflows TO daybook_app;
GRANT EXECUTE ON FUNCTION ensure_partition(text, date), live_blocker(), fold_counts() TO daybook_app;

-- Partitions for the months around the day of installation; the server makes the next ones ahead of time.
SELECT ensure_partition(t, (date_trunc('month', now()) + m * interval '1 month')::date)
FROM unnest(ARRAY['commands', 'kubernetes_api_calls', 'connection_events', 'user_events', 'audit_events']) AS t, generate_series(-1, 2) AS m;
SELECT begin_epoch();
