-- CreateTable
CREATE TABLE "project_activity" (
    "tenant_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "last_by" TEXT NOT NULL,
    "open_tasks" INTEGER NOT NULL,
    "completed_tasks" INTEGER NOT NULL,

    CONSTRAINT "project_activity_pkey" PRIMARY KEY ("project_id")
);

-- CreateTable
CREATE TABLE "project_activity_tasks" (
    "tenant_id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "is_completed" BOOLEAN NOT NULL,

    CONSTRAINT "project_activity_tasks_pkey" PRIMARY KEY ("task_id")
);

-- The rights of the service's role.
GRANT SELECT, INSERT, UPDATE, DELETE ON "project_activity" TO "projects_service";
ALTER TABLE "project_activity" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "project_activity" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "project_activity"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

GRANT SELECT, INSERT, UPDATE, DELETE ON "project_activity_tasks" TO "projects_service";
ALTER TABLE "project_activity_tasks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "project_activity_tasks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "project_activity_tasks"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');
