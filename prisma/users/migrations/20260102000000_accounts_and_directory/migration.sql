-- CreateTable
CREATE TABLE "accounts" (
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "session_epoch" INTEGER NOT NULL,
    "kept_session_id" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "tenants" (
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "user_sessions" (
    "session_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "user_sessions_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "email_reservations" (
    "email" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "fence_version" INTEGER NOT NULL,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_reservations_pkey" PRIMARY KEY ("email")
);

-- CreateTable
CREATE TABLE "registration_claims" (
    "key" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "registration_claims_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "accounts_tenant_id_user_id_idx" ON "accounts"("tenant_id", "user_id");

-- CreateIndex
CREATE INDEX "user_sessions_tenant_id_user_id_session_id_idx" ON "user_sessions"("tenant_id", "user_id", "session_id");

-- CreateIndex
CREATE INDEX "user_sessions_expires_at_idx" ON "user_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "registration_claims_user_id_idx" ON "registration_claims"("user_id");

-- CreateIndex
CREATE INDEX "registration_claims_claimed_at_idx" ON "registration_claims"("claimed_at");

-- The rights of the service's role. The directory (email_reservations, registration_claims) is asked before anybody is
-- signed in, as the system; a tenant sees no more of it than its own rows.
GRANT SELECT, INSERT, UPDATE, DELETE ON "accounts" TO "users_service";
ALTER TABLE "accounts" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "accounts" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "accounts"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "tenants" TO "users_service";
ALTER TABLE "tenants" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenants" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "tenants"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "user_sessions" TO "users_service";
ALTER TABLE "user_sessions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "user_sessions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "user_sessions"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "email_reservations" TO "users_service";
ALTER TABLE "email_reservations" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "email_reservations" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "email_reservations"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "registration_claims" TO "users_service";
ALTER TABLE "registration_claims" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "registration_claims" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "registration_claims"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

-- Small, whatever the table's size: only what is pending. Prisma ignores partial indexes.
CREATE INDEX "email_reservations_pending_idx" ON "email_reservations"("reserved_at") WHERE "confirmed_at" IS NULL;
