//! The rules as questions to the catalogue: each names what breaks it, so an empty answer is a pass.

use sqlx::PgPool;

use crate::{DEFINER_FUNCTIONS, GLOBAL_TABLES, INSERT_ONLY_TABLES};

/// A rule: its name, and the query that lists what breaks it. `tenant`, `relations` and `reviewed`
/// are the tables of [`PREAMBLE`].
pub struct Rule {
    pub name: &'static str,
    query: &'static str,
}

/// `relations`: everything like a table that is not the system's or an extension's.
/// `tenant`: those of them that must belong to a dealership.
const PREAMBLE: &str = "
    with relations as (
        select c.oid, c.relname::text as name, c.relnamespace, c.relkind, c.relispartition, c.relrowsecurity,
            c.relforcerowsecurity, c.reloptions
        from pg_class c
        where c.relnamespace not in (select oid from pg_namespace
                where nspname in ('pg_catalog', 'information_schema') or nspname like 'pg_toast%' or nspname like 'pg_temp%')
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    ), tenant as (
        select * from relations where relkind in ('r', 'p') and not relispartition and name <> all($1)
    ), insert_only as (
        select * from relations where name = any($2)
    ), functions as (
        select p.oid, p.proname::text as name, p.prosecdef, p.proowner from pg_proc p
        where p.pronamespace not in (select oid from pg_namespace where nspname in ('pg_catalog', 'information_schema'))
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    ), reviewed as (
        select unnest($3::text[]) as name
    )";

pub const RULES: &[Rule] = &[
    Rule { name: "everything is in the schema public", query: "
        select name from relations where relnamespace <> 'public'::regnamespace" },
    Rule { name: "no foreign table", query: "
        select name from relations where relkind = 'f'" },
    Rule { name: "the primary key begins with dealership_id", query: "
        select t.name from tenant t where not exists (
            select from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
            where i.indrelid = t.oid and i.indisprimary and a.attname = 'dealership_id' and a.atttypid = 'uuid'::regtype)" },
    Rule { name: "row security is enabled and forced", query: "
        select name from tenant where not (relrowsecurity and relforcerowsecurity)" },
    Rule { name: "one policy, for everybody and every command, on the transaction's dealership", query: "
        select t.name from tenant t where 1 <> (select count(*) from pg_policy p where p.polrelid = t.oid)
            or not exists (select from pg_policy p where p.polrelid = t.oid and p.polpermissive and p.polcmd = '*'
                and p.polroles = '{0}' and p.polwithcheck is null and pg_get_expr(p.polqual, p.polrelid) =
                    '(dealership_id = (NULLIF(current_setting(''app.dealership_id''::text, true), ''''::text))::uuid)')" },
    Rule { name: "a foreign key to a tenant table begins with dealership_id on both sides", query: "
        select r.name || '.' || k.conname from pg_constraint k join relations r on r.oid = k.conrelid
            join tenant target on target.oid = k.confrelid
        where k.contype = 'f' and k.conparentid = 0 and not exists (
            select from pg_attribute a, pg_attribute b
            where a.attrelid = k.conrelid and a.attnum = k.conkey[1] and a.attname = 'dealership_id'
                and b.attrelid = k.confrelid and b.attnum = k.confkey[1] and b.attname = 'dealership_id')" },
    Rule { name: "what a foreign key sets to null never includes dealership_id", query: "
        select r.name || '.' || k.conname from pg_constraint k join tenant r on r.oid = k.conrelid
        where k.contype = 'f' and k.conparentid = 0 and (k.confupdtype in ('n', 'd')
            or (k.confdeltype in ('n', 'd') and (k.confdelsetcols is null or exists (
                select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.confdelsetcols)
                    and a.attname = 'dealership_id'))))" },
    Rule { name: "what is unique is unique per dealership", query: "
        select t.name || '.' || i.indexrelid::regclass::text from pg_index i join tenant t on t.oid = i.indrelid
        where (i.indisunique or i.indisexclusion) and not exists (
            select from pg_attribute a where a.attrelid = t.oid and a.attname = 'dealership_id' and a.attnum = i.indkey[0])" },
    Rule { name: "no enum type", query: "
        select typname::text from pg_type where typtype = 'e' and typnamespace = 'public'::regnamespace" },
    Rule { name: "no numeric column", query: "
        select r.name || '.' || a.attname from relations r join pg_attribute a on a.attrelid = r.oid
        where a.attnum > 0 and not a.attisdropped and a.atttypid in ('numeric'::regtype, 'money'::regtype, 'numeric[]'::regtype)" },
    Rule { name: "no materialized view", query: "
        select name from relations where relkind = 'm'" },
    Rule { name: "a view runs with the rights of who asks", query: "
        select name from relations where relkind = 'v' and not coalesce((select option_value::boolean
            from pg_options_to_table(reloptions) where option_name = 'security_invoker'), false)" },
    Rule { name: "no function runs with its owner's rights unless it was reviewed", query: "
        select name from functions where prosecdef and name not in (select name from reviewed)" },
    Rule { name: "the app role has no grant on a partition", query: "
        select name from relations where relispartition
            and (has_table_privilege('forecourt_app', oid, 'select, insert, update, delete, truncate, references, trigger')
                or has_any_column_privilege('forecourt_app', oid, 'select, insert, update, references'))" },
    Rule { name: "what is insert-only can be neither changed nor deleted", query: "
        select name from insert_only where has_table_privilege('forecourt_app', oid, 'update, delete')
            or has_any_column_privilege('forecourt_app', oid, 'update')" },
    // None of these asks a policy.
    Rule { name: "the app role can truncate nothing, refer to nothing and hang no trigger anywhere", query: "
        select name from relations where has_table_privilege('forecourt_app', oid, 'truncate, references, trigger')
            or has_any_column_privilege('forecourt_app', oid, 'references')" },
    Rule { name: "the app role is bound by row security", query: "
        select rolname::text from pg_roles where rolname = 'forecourt_app'
            and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)" },
    Rule { name: "the app role is nobody else", query: "
        select rolname::text from pg_roles where rolname <> 'forecourt_app' and pg_has_role('forecourt_app', oid, 'member')" },
    Rule { name: "the app role owns nothing and makes nothing", query: "
        select relname::text from pg_class where relowner = 'forecourt_app'::regrole
        union all select name from functions where proowner = 'forecourt_app'::regrole
        union all select nspname::text from pg_namespace where nspowner = 'forecourt_app'::regrole
            or (nspname not like 'pg_%' and nspname <> 'information_schema' and has_schema_privilege('forecourt_app', oid, 'create'))" },
];

/// Everything that breaks a rule, as `rule: what`.
pub async fn violations(pool: &PgPool) -> Vec<String> {
    let global: Vec<&str> = GLOBAL_TABLES.iter().map(|(name, _)| *name).collect();
    let mut found = Vec::new();
    for rule in RULES {
        let query = sqlx::AssertSqlSafe(format!("{PREAMBLE} {} order by 1", rule.query));
        let broken: Vec<String> = sqlx::query_scalar(query)
            .bind(&global)
            .bind(INSERT_ONLY_TABLES)
            .bind(DEFINER_FUNCTIONS)
            .fetch_all(pool)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", rule.name));
        found.extend(broken.into_iter().map(|what| format!("{}: {what}", rule.name)));
    }
    found
}
