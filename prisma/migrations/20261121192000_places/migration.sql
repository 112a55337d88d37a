-- Where a client was, as far as records say it: the place of a connection is made of them.
ALTER TABLE "connection_events" ADD COLUMN "city" TEXT, ADD COLUMN "country" TEXT;
GRANT INSERT (city, country) ON connection_events TO daybook_app;
