-- The log of what was decided and done. Insert-only for the app role. `mac` is an HMAC under a key
-- that the database does not hold; `details` hold ids, codes, versions and salted commitments only.

create table audit_entries (
    dealership_id uuid not null,
    id uuid not null,
    kind text not null,
    actor text not null check (actor in ('agent', 'user', 'system', 'customer', 'provider')),
    actor_user_id uuid,
    conversation_id uuid,
    turn_id uuid,
    details jsonb not null,
    occurred_at timestamptz not null,
    key_id text not null,
    mac bytea not null check (length(mac) = 32),
    primary key (dealership_id, id)
) partition by range (id);
create index audit_entries_conversation_idx on audit_entries (dealership_id, conversation_id, id);
select make_tenant_table('audit_entries', 'select, insert');

-- What the sealer has not appended to the tree yet; written by the statement that writes the entry. No
-- foreign key: entries are never changed or deleted, and checking it would lock and rewrite each of them.
create table audit_pending (
    dealership_id uuid not null,
    entry_id uuid not null,
    primary key (dealership_id, entry_id)
);
select make_tenant_table('audit_pending', 'select, insert, delete');
