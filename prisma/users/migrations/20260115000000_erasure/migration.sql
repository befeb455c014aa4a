-- CreateTable
CREATE TABLE "subject_keys" (
    "key_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "pseudonym" TEXT,
    "wrapped" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_keys_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "erasures" (
    "erasure_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "pseudonyms" TEXT[],
    "outcome" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("erasure_id")
);

-- CreateIndex
CREATE INDEX "subject_keys_pseudonym_idx" ON "subject_keys"("pseudonym");

-- CreateIndex
CREATE UNIQUE INDEX "subject_keys_tenant_id_pseudonym_key" ON "subject_keys"("tenant_id", "pseudonym");

-- CreateIndex
CREATE INDEX "erasures_user_id_idx" ON "erasures"("user_id");

-- CreateIndex
CREATE INDEX "email_reservations_user_id_idx" ON "email_reservations"("user_id");

-- The rights of the service's role. What was destroyed, and who asked for it, stays on record.
GRANT SELECT, INSERT, UPDATE ON "subject_keys" TO "users_service";
ALTER TABLE "subject_keys" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "subject_keys" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "subject_keys"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE ON "erasures" TO "users_service";
ALTER TABLE "erasures" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "erasures" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "erasures"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');
