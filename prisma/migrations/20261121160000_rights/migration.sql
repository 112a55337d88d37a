-- The application's role wrote more than it should have been able to.

-- Whoever may run a trigger's function may put it on a table of its own, and what such a table makes it do is done
-- as the owner. Triggers that stand need no such right.
REVOKE ALL ON FUNCTION
  move_forward(),
  count_new_commands(),
  count_new_kubernetes_api_calls(),
  count_new_connection_events(),
  count_new_user_events(),
  count_new_audit_events(),
  count_new_connections(),
  count_changed_connections(),
  count_removed_connections(),
  count_new_kubernetes_commands(),
  count_changed_kubernetes_commands(),
  count_removed_kubernetes_commands()
FROM PUBLIC;

-- The order of the record is the database's to give: epoch, transaction and number come from their defaults.
REVOKE INSERT ON commands FROM daybook_app;
GRANT INSERT (
  organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw, user_name, target, target_user, command, space, connection_id, outcome, reason, exit_code, origin, client_address, working_directory, offset_ms
) ON commands TO daybook_app;
REVOKE INSERT ON kubernetes_api_calls FROM daybook_app;
GRANT INSERT (
  organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw, audit_id, stage, stage_rank, user_name, groups, impersonated_user, target_user, cluster, namespace, resource, subresource, name, api_group, verb, access_method, status, outcome, duration_us, request_uri, user_agent, client_address, command, decision, reason, command_id, connection_id
) ON kubernetes_api_calls TO daybook_app;
REVOKE INSERT ON connection_events FROM daybook_app;
GRANT INSERT (
  organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw, user_name, connection_id, connection_ref, event, outcome, space, target_user, target, cause, kind, client_address, client_port, client_software
) ON connection_events TO daybook_app;
REVOKE INSERT ON user_events FROM daybook_app;
GRANT INSERT (
  organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw, user_name, actor_type, actor_id, action, resource, outcome, status, client_address, user_agent, duration_us, request_id, count
) ON user_events TO daybook_app;
REVOKE INSERT ON audit_events FROM daybook_app;
GRANT INSERT (
  organization_id, time, id, received_at, source_id, source_record_id, content_hash, raw, event_id, tenant_id, category, workflow_id, workflow_type, event_type, event_description, initiator, initiator_type, initiator_id, target, target_type, target_id, operation_status, custom_values, original_state, updated_state
) ON audit_events TO daybook_app;
