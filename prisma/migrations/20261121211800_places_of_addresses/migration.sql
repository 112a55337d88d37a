-- Who says where a client was: null where the record itself does.
ALTER TABLE "connection_events" ADD COLUMN "place_source" TEXT;
GRANT INSERT (place_source) ON connection_events TO daybook_app;
ALTER TABLE "connections" ADD COLUMN "place_source" TEXT;
