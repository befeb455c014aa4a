-- CreateTable
CREATE TABLE "projects" (
    "tenant_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "owner_id" TEXT NOT NULL,
    "archived_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("project_id")
);

-- CreateTable
CREATE TABLE "project_members" (
    "tenant_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "project_members_pkey" PRIMARY KEY ("project_id","user_id")
);

-- CreateTable
CREATE TABLE "tasks" (
    "tenant_id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "status" TEXT NOT NULL,
    "assignee_id" TEXT,
    "created_by" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("task_id")
);

-- CreateIndex
CREATE INDEX "projects_tenant_id_project_id_idx" ON "projects"("tenant_id", "project_id");

-- CreateIndex
CREATE INDEX "project_members_tenant_id_user_id_project_id_idx" ON "project_members"("tenant_id", "user_id", "project_id");

-- CreateIndex
CREATE INDEX "tasks_tenant_id_project_id_task_id_idx" ON "tasks"("tenant_id", "project_id", "task_id");

-- CreateIndex
CREATE INDEX "tasks_tenant_id_project_id_status_task_id_idx" ON "tasks"("tenant_id", "project_id", "status", "task_id");

-- CreateIndex
CREATE INDEX "tasks_tenant_id_assignee_id_task_id_idx" ON "tasks"("tenant_id", "assignee_id", "task_id");

-- The rights of the service's role. Take away what it does not need.
GRANT SELECT, INSERT, UPDATE, DELETE ON "projects" TO "projects_service";
ALTER TABLE "projects" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "projects" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "projects"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

-- The rights of the service's role. Take away what it does not need.
GRANT SELECT, INSERT, UPDATE, DELETE ON "project_members" TO "projects_service";
ALTER TABLE "project_members" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "project_members" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "project_members"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');

-- The rights of the service's role. Take away what it does not need.
GRANT SELECT, INSERT, UPDATE, DELETE ON "tasks" TO "projects_service";
ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tasks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "tasks"
    USING ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system')
    WITH CHECK ("tenant_id" = nullif(current_setting('app.tenant_id', true), '') OR current_setting('app.scope', true) = 'system');
