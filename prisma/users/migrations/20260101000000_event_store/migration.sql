-- CreateTable
CREATE TABLE "streams" (
    "stream_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "announced" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "streams_pkey" PRIMARY KEY ("stream_id")
);

-- CreateTable
CREATE TABLE "events" (
    "stream_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "event_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "schema_version" INTEGER NOT NULL,
    "data" JSONB NOT NULL,
    "metadata" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "position" BIGSERIAL NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("stream_id","version")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "body" JSONB NOT NULL,
    "headers" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","message_id")
);

-- CreateTable
CREATE TABLE "consumer_positions" (
    "consumer" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "consumer_positions_pkey" PRIMARY KEY ("consumer","stream_id")
);

-- CreateTable
CREATE TABLE "claims" (
    "tenant_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "result" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "claims_pkey" PRIMARY KEY ("tenant_id","scope","key")
);

-- CreateTable
CREATE TABLE "snapshots" (
    "stream_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "schema_version" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "snapshots_pkey" PRIMARY KEY ("stream_id")
);

-- CreateIndex
CREATE INDEX "streams_bucket_idx" ON "streams"("bucket");

-- CreateIndex
CREATE INDEX "streams_tenant_id_idx" ON "streams"("tenant_id");

-- CreateIndex
CREATE UNIQUE INDEX "events_event_id_key" ON "events"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "events_position_key" ON "events"("position");

-- Small, whatever the table's size: only what waits. Prisma ignores partial indexes.
CREATE INDEX "outbox_waiting_idx" ON "outbox"("position") WHERE "sent_at" IS NULL;

-- For deleting what was sent long ago.
CREATE INDEX "outbox_sent_idx" ON "outbox"("sent_at") WHERE "sent_at" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "outbox_stream_id_sequence_key" ON "outbox"("stream_id", "sequence");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- CreateIndex
CREATE INDEX "claims_created_at_idx" ON "claims"("created_at");

-- The service's own role: no login, no ownership. Login roles become its members. Roles belong to the whole server,
-- where another deployer may be creating the same one at this moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'users_service') THEN
        CREATE ROLE "users_service" NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA "public" TO "users_service";
GRANT USAGE ON SEQUENCE "events_position_seq", "outbox_position_seq" TO "users_service";

-- History can be added to and read, and nothing else.
GRANT SELECT, INSERT ON "events" TO "users_service";
GRANT SELECT, INSERT, UPDATE ON "streams" TO "users_service";
GRANT SELECT, INSERT, UPDATE, DELETE ON "outbox" TO "users_service";
GRANT SELECT, INSERT, DELETE ON "inbox" TO "users_service";
GRANT SELECT, INSERT, UPDATE, DELETE ON "consumer_positions" TO "users_service";
GRANT SELECT, INSERT, UPDATE, DELETE ON "claims" TO "users_service";
GRANT SELECT, INSERT, UPDATE, DELETE ON "snapshots" TO "users_service";

-- A session sees one tenant's rows, or every row when it says that it acts for the system. A session that says nothing
-- sees nothing; nullif() because a setting that was local to an ended transaction reads as ''.
ALTER TABLE "streams" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "streams" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "streams"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "events" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "events"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

ALTER TABLE "outbox" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "outbox" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "outbox"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

ALTER TABLE "inbox" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "inbox" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "inbox"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

ALTER TABLE "consumer_positions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "consumer_positions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "consumer_positions"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

ALTER TABLE "claims" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "claims" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "claims"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

ALTER TABLE "snapshots" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "snapshots" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "snapshots"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');
