-- name: server
-- What a gateway relies on, and how much room there is.
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::integer AS number,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_standby_names') AS standby_names,
       (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') OR state IS NULL) AS standbys,
       current_setting('max_connections')::integer AS connections,
       current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
           - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS free,
       pg_is_in_recovery() AS standby,
       current_database() AS name,
       pg_database_size(current_database()) AS bytes,
       current_schema() AS schema,
       to_regclass('board') IS NOT NULL AS has_board,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create;

-- name: commit
-- A transaction that waits for the disk as any other, and leaves nothing but a message in the write-ahead log.
SELECT pg_logical_emit_message(true, 'beeplace doctor', 'a commit to measure');

-- name: trip
-- There and back.
SELECT 1;
