-- Counts of new rows in one pass: grouping sets read each row once, where a join made six of it.

CREATE OR REPLACE FUNCTION public.count_new_commands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'commands',
      CASE
        WHEN grouping(outcome) = 0 THEN 'outcome'
        WHEN grouping(user_name) = 0 THEN 'user'
        WHEN grouping(target) = 0 THEN 'target'
        WHEN grouping(target_user) = 0 THEN 'targetUser'
        WHEN grouping(space) = 0 THEN 'space'
      END,
      coalesce(hour, month), coalesce(outcome, user_name, target, target_user, space), count(*)
    FROM (
      SELECT organization_id, outcome, user_name, target, target_user, space, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM new_rows
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, outcome),
      (organization_id, month, user_name),
      (organization_id, month, target),
      (organization_id, month, target_user),
      (organization_id, month, space)
    )
    HAVING coalesce(outcome, user_name, target, target_user, space) IS NOT NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.count_new_connection_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'connection-events',
      CASE
        WHEN grouping(event) = 0 THEN 'event'
        WHEN grouping(user_name) = 0 THEN 'user'
        WHEN grouping(target) = 0 THEN 'target'
        WHEN grouping(target_user) = 0 THEN 'targetUser'
        WHEN grouping(space) = 0 THEN 'space'
        WHEN grouping(client_address) = 0 THEN 'clientAddress'
      END,
      coalesce(hour, month), coalesce(event, user_name, target, target_user, space, client_address), count(*)
    FROM (
      SELECT organization_id, event, user_name, target, target_user, space, client_address, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM new_rows
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, event),
      (organization_id, month, user_name),
      (organization_id, month, target),
      (organization_id, month, target_user),
      (organization_id, month, space),
      (organization_id, month, client_address)
    )
    HAVING coalesce(event, user_name, target, target_user, space, client_address) IS NOT NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.count_new_user_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'user-events',
      CASE
        WHEN grouping(outcome) = 0 THEN 'outcome'
        WHEN grouping(user_name) = 0 THEN 'user'
        WHEN grouping(action) = 0 THEN 'action'
        WHEN grouping(client_address) = 0 THEN 'clientAddress'
      END,
      coalesce(hour, month), coalesce(outcome, user_name, action, client_address), count(*)
    FROM (
      SELECT organization_id, outcome, user_name, action, client_address, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM new_rows
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, outcome),
      (organization_id, month, user_name),
      (organization_id, month, action),
      (organization_id, month, client_address)
    )
    HAVING coalesce(outcome, user_name, action, client_address) IS NOT NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.count_new_audit_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'audit-log',
      CASE
        WHEN grouping(operation_status) = 0 THEN 'operationStatus'
        WHEN grouping(category) = 0 THEN 'category'
        WHEN grouping(initiator) = 0 THEN 'initiator'
        WHEN grouping(target) = 0 THEN 'target'
        WHEN grouping(workflow_type) = 0 THEN 'workflowType'
        WHEN grouping(event_type) = 0 THEN 'eventType'
      END,
      coalesce(hour, month), coalesce(operation_status, category, initiator, target, workflow_type, event_type), count(*)
    FROM (
      SELECT organization_id, operation_status, category, initiator, target, workflow_type, event_type, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM new_rows
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, operation_status),
      (organization_id, month, category),
      (organization_id, month, initiator),
      (organization_id, month, target),
      (organization_id, month, workflow_type),
      (organization_id, month, event_type)
    )
    HAVING coalesce(operation_status, category, initiator, target, workflow_type, event_type) IS NOT NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.count_new_connections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'connections',
      CASE
        WHEN grouping(status) = 0 THEN 'status'
        WHEN grouping(user_name) = 0 THEN 'user'
        WHEN grouping(target) = 0 THEN 'target'
        WHEN grouping(target_user) = 0 THEN 'targetUser'
        WHEN grouping(space) = 0 THEN 'space'
        WHEN grouping(client_address) = 0 THEN 'clientAddress'
      END,
      coalesce(hour, month), coalesce(status, user_name, target, target_user, space, client_address), count(*)
    FROM (
      SELECT organization_id, status, user_name, target, target_user, space, client_address, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM new_rows
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, status),
      (organization_id, month, user_name),
      (organization_id, month, target),
      (organization_id, month, target_user),
      (organization_id, month, space),
      (organization_id, month, client_address)
    )
    HAVING coalesce(status, user_name, target, target_user, space, client_address) IS NOT NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.count_new_kubernetes_commands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.log_count_deltas (organization_id, log, field, bucket, value, n)
    SELECT organization_id, 'kubernetes-commands',
      CASE
        WHEN grouping(outcome) = 0 THEN 'outcome'
        WHEN grouping(user_name) = 0 THEN 'user'
        WHEN grouping(cluster) = 0 THEN 'cluster'
        WHEN grouping(target_user) = 0 THEN 'targetUser'
        WHEN grouping(namespace) = 0 THEN 'namespace'
        WHEN grouping(resource) = 0 THEN 'resource'
      END,
      coalesce(hour, month), coalesce(outcome, user_name, cluster, target_user, namespace, resource), count(*)
    FROM (
      SELECT organization_id, outcome, user_name, cluster, target_user, namespace, resource, date_trunc('hour', time, 'UTC') AS hour, date_trunc('month', time, 'UTC') AS month
      FROM new_rows
    ) r
    GROUP BY GROUPING SETS (
      (organization_id, hour, outcome),
      (organization_id, month, user_name),
      (organization_id, month, cluster),
      (organization_id, month, target_user),
      (organization_id, month, namespace),
      (organization_id, month, resource)
    )
    HAVING coalesce(outcome, user_name, cluster, target_user, namespace, resource) IS NOT NULL;
  RETURN NULL;
END $$;
