-- The second factor of a person: a secret that makes codes by time. One that is not confirmed yet belongs to the
-- session that asked for it.
CREATE TABLE "second_factors" (
    "user_id" UUID NOT NULL,
    "secret" BYTEA NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(6),
    -- The time step of the code that was used last: neither it nor an earlier one is taken again.
    "last_step" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "second_factors_pkey" PRIMARY KEY ("user_id"),
    CONSTRAINT "second_factors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "recovery_codes" (
    "user_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("user_id", "hash"),
    CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Between the password and the code: not a session, and good for nothing but the code, from the same browser.
CREATE TABLE "sign_in_challenges" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "user_agent" TEXT NOT NULL,
    -- The workflow that the password began, until a code ends it.
    "workflow_id" UUID,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sign_in_challenges_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sign_in_challenges_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "sign_in_challenges_token_hash_key" ON "sign_in_challenges"("token_hash");
CREATE INDEX "sign_in_challenges_user_id_idx" ON "sign_in_challenges"("user_id");
CREATE INDEX "sign_in_challenges_expires_at_idx" ON "sign_in_challenges"("expires_at");

-- What an organization asks of those who sign in. No line: no second factor, 12 hours unused, 7 days at all.
CREATE TABLE "sign_in_policies" (
    "organization_id" UUID NOT NULL,
    "second_factor_roles" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "idle_minutes" INTEGER NOT NULL,
    "absolute_hours" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "sign_in_policies_pkey" PRIMARY KEY ("organization_id"),
    CONSTRAINT "sign_in_policies_idle_minutes_check" CHECK ("idle_minutes" BETWEEN 5 AND 10080),
    CONSTRAINT "sign_in_policies_absolute_hours_check" CHECK ("absolute_hours" BETWEEN 1 AND 720),
    CONSTRAINT "sign_in_policies_idle_first_check" CHECK ("idle_minutes" <= "absolute_hours" * 60)
);

-- How a session was signed in to: a provider of identities looks after the second factor of those it vouches for.
ALTER TABLE "sessions" ADD COLUMN "method" TEXT NOT NULL DEFAULT 'password';
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_method_check" CHECK ("method" IN ('password', 'provider'));

GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors, recovery_codes, sign_in_challenges TO daybook_app;
GRANT SELECT, INSERT, UPDATE ON sign_in_policies TO daybook_app;
