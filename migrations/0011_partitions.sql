-- The first partitions; `forecourt migrate` keeps two years ahead (crm-store/src/migrate.rs).
select make_partitions(name, (now() - interval '6 months')::date, (now() + interval '2 years')::date)
from unnest(array['payloads', 'messages', 'steps', 'audit_entries']) as name;

-- The app role may see which migrations ran, so that a server refuses a database of another version.
grant select on _sqlx_migrations to forecourt_app;
