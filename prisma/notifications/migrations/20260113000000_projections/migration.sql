-- CreateTable
CREATE TABLE "projections" (
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "schema" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "position" BIGINT,
    "events" BIGINT NOT NULL DEFAULT 0,
    "comparison" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "projections_pkey" PRIMARY KEY ("name","role")
);

-- Of the whole shard and of no tenant: only those who act for the system see it.
GRANT SELECT, INSERT, UPDATE ON "projections" TO "notifications_service";
ALTER TABLE "projections" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "projections" FORCE ROW LEVEL SECURITY;
CREATE POLICY "system_only" ON "projections"
    USING (current_setting('app.scope', true) = 'system')
    WITH CHECK (current_setting('app.scope', true) = 'system');
