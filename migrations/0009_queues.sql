-- Queues of ids: the only work tables without row-level security. They hold no customer data.

create sequence lease_numbers;
grant usage on sequence lease_numbers to forecourt_app;

create table turn_queue (
    conversation_id uuid primary key,
    dealership_id uuid not null,
    due_at timestamptz not null,
    leased_until timestamptz,
    lease_no bigint,
    -- How often it was claimed, and how often a worker lived to say that it failed.
    claims integer not null default 0,
    failures integer not null default 0
);
create index turn_queue_due_idx on turn_queue (due_at);
grant select, insert, update, delete on turn_queue to forecourt_app;

create table outbox_queue (
    outbox_id uuid primary key,
    dealership_id uuid not null,
    due_at timestamptz not null,
    leased_until timestamptz,
    lease_no bigint
);
create index outbox_queue_due_idx on outbox_queue (due_at);
grant select, insert, update, delete on outbox_queue to forecourt_app;

create table job_queue (
    job_id uuid primary key,
    dealership_id uuid not null,
    due_at timestamptz not null,
    leased_until timestamptz,
    lease_no bigint
);
create index job_queue_due_idx on job_queue (due_at);
grant select, insert, update, delete on job_queue to forecourt_app;

-- What a job is to do, inside its dealership. `unique_key` makes a schedule enqueue it once.
create table jobs (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    kind text not null check (kind in ('expire_proposals')),
    unique_key text not null,
    status text not null check (status in ('queued', 'done')),
    attempts smallint not null default 0,
    created_at timestamptz not null,
    finished_at timestamptz,
    primary key (dealership_id, id),
    constraint jobs_unique_key unique (dealership_id, unique_key)
);
select make_tenant_table('jobs');
