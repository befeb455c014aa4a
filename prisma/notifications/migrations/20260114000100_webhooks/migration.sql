-- CreateTable
CREATE TABLE "webhooks" (
    "hook_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "is_in_use" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("hook_id")
);

-- CreateIndex
CREATE INDEX "webhooks_tenant_id_user_id_idx" ON "webhooks"("tenant_id", "user_id");

GRANT SELECT, INSERT, UPDATE, DELETE ON "webhooks" TO "notifications_service";
ALTER TABLE "webhooks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "webhooks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "webhooks"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');
