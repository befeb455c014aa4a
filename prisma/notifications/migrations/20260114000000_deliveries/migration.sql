-- CreateTable
CREATE TABLE "email_digests" (
    "user_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_digests_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "delivery_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "recipient_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("delivery_id")
);

-- CreateTable
CREATE TABLE "delivery_items" (
    "notification_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,

    CONSTRAINT "delivery_items_pkey" PRIMARY KEY ("notification_id","channel")
);

-- CreateIndex
CREATE INDEX "deliveries_settled_at_idx" ON "deliveries"("settled_at");

-- CreateIndex
CREATE INDEX "delivery_items_delivery_id_idx" ON "delivery_items"("delivery_id");

-- AddForeignKey
ALTER TABLE "delivery_items" ADD CONSTRAINT "delivery_items_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries"("delivery_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Small, whatever the table's size: only what is not settled yet. Prisma ignores partial indexes.
CREATE INDEX "deliveries_due_idx" ON "deliveries"("channel", "due_at") WHERE "settled_at" IS NULL;

-- At most one digest of a person gathers at a time: whoever comes second joins it.
CREATE UNIQUE INDEX "deliveries_gathering_idx" ON "deliveries"("tenant_id", "recipient_id", "channel") WHERE "state" = 'gathering';

ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_state_check"
    CHECK ("state" IN ('gathering', 'waiting', 'sending', 'sent', 'failed', 'withheld'));
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_settled_check"
    CHECK (("settled_at" IS NOT NULL) = ("state" IN ('sent', 'failed', 'withheld')));

GRANT SELECT, INSERT, UPDATE, DELETE ON "email_digests" TO "notifications_service";
ALTER TABLE "email_digests" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "email_digests" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "email_digests"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "deliveries" TO "notifications_service";
ALTER TABLE "deliveries" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "deliveries" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "deliveries"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "delivery_items" TO "notifications_service";
ALTER TABLE "delivery_items" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "delivery_items" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "delivery_items"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');
