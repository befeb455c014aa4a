-- CreateTable
CREATE TABLE "parked_messages" (
    "consumer" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "topic" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "error_code" TEXT,
    "error_text" TEXT,
    "replay_id" TEXT,
    "parked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failed_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "parked_messages_pkey" PRIMARY KEY ("consumer","message_id")
);

-- CreateTable
CREATE TABLE "dead_letter_actions" (
    "action_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "per_second" DOUBLE PRECISION,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "messages" INTEGER NOT NULL,
    "handled" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_actions_pkey" PRIMARY KEY ("action_id")
);

-- CreateIndex
CREATE INDEX "parked_messages_consumer_stream_id_sequence_idx" ON "parked_messages"("consumer", "stream_id", "sequence");

-- CreateIndex
CREATE INDEX "parked_messages_replay_id_idx" ON "parked_messages"("replay_id");

-- CreateIndex
CREATE INDEX "dead_letter_actions_asked_at_idx" ON "dead_letter_actions"("asked_at");

ALTER TABLE "parked_messages" ADD CONSTRAINT "parked_messages_state_check"
    CHECK ("state" IN ('retrying', 'held', 'dead', 'replaying'));

GRANT SELECT, INSERT, UPDATE, DELETE ON "parked_messages" TO "notifications_service";
ALTER TABLE "parked_messages" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "parked_messages" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "parked_messages"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

-- An action may concern several tenants: none of them sees it. The service notes progress; it can neither add an action
-- nor change or delete what is written in one.
GRANT SELECT ON "dead_letter_actions" TO "notifications_service";
GRANT UPDATE ("next_at", "handled", "failed", "finished_at") ON "dead_letter_actions" TO "notifications_service";
ALTER TABLE "dead_letter_actions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "dead_letter_actions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "dead_letter_actions"
    USING (current_setting('app.scope', true) = 'system')
    WITH CHECK (current_setting('app.scope', true) = 'system');
