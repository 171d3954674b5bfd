-- Who exists: groups, dealerships, people, and how the outside finds a dealership.
-- The tables without row-level security are listed with their reasons in crm-store/tests/catalogue.rs.

create table instance_settings (
    singleton boolean primary key default true check (singleton),
    kind text not null check (kind in ('demo', 'test', 'production')),
    clock_offset_ms bigint not null default 0,
    demo_loaded_at timestamptz
);
grant select, insert, update on instance_settings to forecourt_app;

create table dealer_groups (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null
);
grant select, insert, update on dealer_groups to forecourt_app;

-- A switch above dealerships. Read under a shared advisory lock, thrown under the exclusive one.
create table group_switches (
    group_id uuid primary key references dealer_groups (id),
    ai_paused_at timestamptz,
    paused_by uuid
);
grant select, insert, update on group_switches to forecourt_app;

create table dealerships (
    id uuid primary key,
    group_id uuid not null references dealer_groups (id),
    name text not null,
    suspended_at timestamptz,
    created_at timestamptz not null
);
grant select, insert, update on dealerships to forecourt_app;

create table users (
    id uuid primary key,
    email text not null constraint users_email_key unique,
    first_name text not null,
    last_name text not null,
    disabled_at timestamptz,
    created_at timestamptz not null
);
grant select, insert, update on users to forecourt_app;

-- Bearer tokens by digest only.
create table api_tokens (
    digest bytea primary key,
    user_id uuid not null references users (id),
    dealership_id uuid not null references dealerships (id),
    role text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);
grant select, insert, update on api_tokens to forecourt_app;

-- From an unguessable webhook id to the dealership it belongs to.
create table webhook_directory (
    integration_id uuid primary key,
    dealership_id uuid not null references dealerships (id)
);
grant select, insert on webhook_directory to forecourt_app;

-- Never the same number twice, also after a rollback.
create sequence standing_versions;
grant usage on sequence standing_versions to forecourt_app;

-- A dealership's settings: one row each.
create table dealership_profiles (
    dealership_id uuid primary key references dealerships (id),
    zone text not null,
    currency text not null check (currency in ('USD', 'CAD', 'MXN', 'EUR', 'GBP')),
    country text not null check (length(country) = 2),
    street text, city text, region text, postal_code text,
    phone text, email text, website text,
    assistant_name text not null default 'Madison',
    after_hours text not null default 'respond' check (after_hours in ('respond', 'acknowledge_only', 'silent')),
    model_fallback text not null default 'acknowledge_and_hand_off'
        check (model_fallback in ('offline_answers', 'acknowledge_and_hand_off')),
    acknowledgement text,
    answer_cap_per_day integer not null default 60 check (answer_cap_per_day > 0),
    sms_quiet_ms integer not null default 3000 check (sms_quiet_ms >= 0),
    sms_max_wait_ms integer not null default 10000 check (sms_max_wait_ms >= 0),
    ai_paused_at timestamptz,
    ai_paused_by uuid,
    version bigint not null default 1,
    -- Another number whenever the zone, a department, its hours, a holiday or an autonomy level changes:
    -- what a process keeps of them in memory holds as long as this stays (crm-store/src/standing.rs).
    standing_version bigint not null default nextval('standing_versions')
);
select make_tenant_table('dealership_profiles');

create function renew_own_standing() returns trigger language plpgsql as $$
begin
    new.standing_version := nextval('standing_versions');
    return new;
end $$;
create trigger renew_standing before update of zone on dealership_profiles
    for each row execute function renew_own_standing();

create function renew_standing() returns trigger language plpgsql as $$
begin
    update dealership_profiles set standing_version = nextval('standing_versions')
    where dealership_id = coalesce(new.dealership_id, old.dealership_id);
    return null;
end $$;

create table departments (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    kind text not null check (kind in ('sales', 'service', 'parts', 'finance', 'main')),
    name text not null,
    phone text,
    -- How many appointments may run at the same time.
    appointment_capacity smallint not null default 3 check (appointment_capacity between 1 and 99),
    version bigint not null default 1,
    primary key (dealership_id, id),
    constraint departments_kind_key unique (dealership_id, kind)
);
select make_tenant_table('departments');
create trigger renew_standing after insert or update or delete on departments
    for each row execute function renew_standing();

-- Local minutes of the day; several spans a day are several rows.
create table opening_hours (
    dealership_id uuid not null,
    id uuid not null,
    department_id uuid not null,
    weekday smallint not null check (weekday between 1 and 7),
    opens_minute smallint not null check (opens_minute between 0 and 1439),
    closes_minute smallint not null check (closes_minute between 1 and 1440 and closes_minute > opens_minute),
    primary key (dealership_id, id),
    constraint opening_hours_span_key unique (dealership_id, department_id, weekday, opens_minute),
    foreign key (dealership_id, department_id) references departments (dealership_id, id) on delete cascade
);
select make_tenant_table('opening_hours');
create trigger renew_standing after insert or update or delete on opening_hours
    for each row execute function renew_standing();

-- Days that differ, for all departments; null minutes mean closed.
create table holidays (
    dealership_id uuid not null references dealerships (id),
    day date not null,
    name text not null,
    opens_minute smallint check (opens_minute between 0 and 1439),
    closes_minute smallint check (closes_minute between 1 and 1440 and closes_minute > opens_minute),
    primary key (dealership_id, day),
    check ((opens_minute is null) = (closes_minute is null))
);
select make_tenant_table('holidays');
create trigger renew_standing after insert or update or delete on holidays
    for each row execute function renew_standing();

-- A user at a dealership. Ended, never deleted: history keeps pointing here.
create table assignments (
    dealership_id uuid not null references dealerships (id),
    user_id uuid not null references users (id),
    role text not null check (role in ('platform_owner', 'admin', 'general_manager', 'sales_manager', 'salesperson', 'bdc',
        'finance_manager', 'service_manager', 'marketing_manager', 'viewer')),
    department_id uuid,
    alert_phone text,
    alert_email text,
    started_at timestamptz not null,
    ended_at timestamptz,
    primary key (dealership_id, user_id),
    foreign key (dealership_id, department_id) references departments (dealership_id, id) on delete set null (department_id)
);
select make_tenant_table('assignments', 'select, insert, update');

-- A provider account of a dealership. Secrets are sealed by an AEAD; `key_id` says under which key.
create table integrations (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    provider text not null check (provider in ('twilio', 'simulated')),
    account text not null,
    sealed_secret bytea,
    key_id text,
    disabled_at timestamptz,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    constraint integrations_secret_check check ((sealed_secret is null) = (key_id is null))
);
select make_tenant_table('integrations');

create table integration_numbers (
    dealership_id uuid not null,
    integration_id uuid not null,
    number text not null,
    department_id uuid,
    primary key (dealership_id, integration_id, number),
    foreign key (dealership_id, integration_id) references integrations (dealership_id, id) on delete cascade,
    foreign key (dealership_id, department_id) references departments (dealership_id, id) on delete set null (department_id)
);
select make_tenant_table('integration_numbers');

create table autonomy_settings (
    dealership_id uuid not null references dealerships (id),
    workflow text not null,
    channel text not null check (channel in ('sms', 'email', 'web_chat', 'copilot')),
    level text not null check (level in ('off', 'suggest', 'approve', 'autonomous')),
    changed_by uuid,
    changed_at timestamptz not null,
    primary key (dealership_id, workflow, channel)
);
select make_tenant_table('autonomy_settings');
create trigger renew_standing after insert or update or delete on autonomy_settings
    for each row execute function renew_standing();

create table knowledge_entries (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    topic text not null,
    question text not null,
    answer text not null,
    version bigint not null default 1,
    primary key (dealership_id, id)
);
select make_tenant_table('knowledge_entries');
