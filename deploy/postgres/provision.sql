-- What a primary must hold before migrations run: roles, databases and replication slots. May be run again at any time,
-- also to change passwords. For psql 14 and later, as the superuser; provision.sh calls it.
\set ON_ERROR_STOP on
\set QUIET on
\getenv replicas REPLICAS
\getenv replication_password REPLICATION_PASSWORD
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv users_password DATABASE_PASSWORD_USERS
\getenv projects_password DATABASE_PASSWORD_PROJECTS
\getenv notifications_password DATABASE_PASSWORD_NOTIFICATIONS

-- Neither the passwords nor the statements with them reach the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
-- Nothing to say of what is there already.
SET client_min_messages = warning;
SET password_encryption = 'scram-sha-256';
-- Two deployers at once: one after the other.
SELECT pg_advisory_lock(hashtext('provision')) \g /dev/null

-- Whom replicas log in as.
SELECT format('CREATE ROLE %I REPLICATION LOGIN', 'replicator')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replicator') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', 'replicator', :'replication_password') \gexec

-- A service has a group that tables are granted to, a member of it that the service runs as, and an owner of its tables
-- that migrations run as and nothing else.
CREATE TEMPORARY TABLE services (name text, app_password text, owner_password text);
INSERT INTO services VALUES
    ('users', :'users_password', :'owner_password'),
    ('projects', :'projects_password', :'owner_password'),
    ('notifications', :'notifications_password', :'owner_password');

SELECT format('CREATE ROLE %I %s', name || suffix, rights)
  FROM services, (VALUES ('_service', 'NOLOGIN'), ('_app', 'LOGIN'), ('_owner', 'LOGIN')) AS kinds (suffix, rights)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name || suffix) \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', name || '_app', app_password) FROM services \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', name || '_owner', owner_password) FROM services \gexec
SELECT format('GRANT %I TO %I', name || '_service', name || '_app') FROM services \gexec

SELECT format('CREATE DATABASE %I OWNER %I', name, name || '_owner')
  FROM services WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name) FROM services \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', name, name || '_service') FROM services \gexec

-- A slot that fell too far behind is of no use any more: its replica is made anew, and needs a new one.
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
 WHERE slot_type = 'physical' AND wal_status = 'lost' AND NOT active \g /dev/null
SELECT pg_create_physical_replication_slot(slot, true) FROM unnest(string_to_array(:'replicas', ',')) AS slots (slot)
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = slot) \g /dev/null
