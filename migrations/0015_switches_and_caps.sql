-- The kill switches that were missing, with who threw each and why, and what a dealership's assistant may spend a day.

alter table group_switches
    add column reason text check (length(reason) <= 200);

alter table dealership_profiles
    add column ai_pause_reason text check (length(ai_pause_reason) <= 200),
    -- The most tokens that its models may read and write in one of its days; null means any number.
    add column daily_token_cap bigint default 20000000 check (daily_token_cap > 0),
    -- The most that they may cost in one of its days, in US cents: models are priced in US dollars.
    add column daily_spend_cap_minor bigint check (daily_spend_cap_minor > 0);

alter table conversations
    add column ai_paused_by uuid,
    add column ai_pause_reason text check (length(ai_pause_reason) <= 200);
create index conversations_paused_idx on conversations (dealership_id, id) where ai_paused_at is not null;

-- A switch for everything on one channel. Thrown under the exclusive lock, as the dealership's.
create table channel_switches (
    dealership_id uuid not null references dealerships (id),
    channel text not null check (channel in ('sms', 'email', 'web_chat', 'copilot')),
    ai_paused_at timestamptz not null,
    ai_paused_by uuid not null,
    reason text check (length(reason) <= 200),
    primary key (dealership_id, channel),
    foreign key (dealership_id, ai_paused_by) references assignments (dealership_id, user_id)
);
select make_tenant_table('channel_switches');

-- What the models of a dealership used on one of its days, added to in the transaction that journals the steps.
create table model_usage (
    dealership_id uuid not null references dealerships (id),
    day date not null,
    input_tokens bigint not null default 0,
    -- Those of the input that the provider had read before.
    cached_input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    -- Millionths of a US dollar; of steps whose price was known.
    spend_micros bigint not null default 0,
    -- When people were told that a cap was reached on this day.
    cap_alerted_at timestamptz,
    primary key (dealership_id, day)
);
select make_tenant_table('model_usage');
