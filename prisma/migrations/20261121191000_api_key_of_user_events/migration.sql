-- The API key that a request was made with, by its name: user_name is its owner, actor_id its id.
ALTER TABLE "user_events" ADD COLUMN "actor_name" TEXT;
GRANT INSERT (actor_name) ON user_events TO daybook_app;
