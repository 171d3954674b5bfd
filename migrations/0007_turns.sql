-- The work of the agent: turns, the journal of steps and tool calls, proposals, evidence.

create table prompt_bodies (
    hash text primary key check (length(hash) = 64),
    body text not null,
    created_at timestamptz not null
);
grant select, insert on prompt_bodies to forecourt_app;

create table turns (
    dealership_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    trigger text not null,
    status text not null check (status in ('running', 'completed', 'superseded', 'failed')),
    outcome text,
    lease_no bigint not null,
    -- The inbound messages this turn answers: (answered_from, answered_to].
    answered_from bigint not null,
    answered_to bigint not null,
    restarts smallint not null default 0,
    prompt_hash text references prompt_bodies (hash),
    policy_version text,
    model text not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    primary key (dealership_id, id),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id)
);
create unique index turns_running_key on turns (dealership_id, conversation_id) where status = 'running';
create index turns_conversation_idx on turns (dealership_id, conversation_id, id);
select make_tenant_table('turns');

-- One model call each. The answer is in its payload.
create table steps (
    dealership_id uuid not null,
    id uuid not null,
    turn_id uuid not null,
    step_no smallint not null,
    model text not null,
    finish text not null,
    answer_payload_id uuid not null,
    input_tokens integer not null,
    cached_input_tokens integer not null,
    output_tokens integer not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, turn_id) references turns (dealership_id, id),
    foreign key (dealership_id, answer_payload_id) references payloads (dealership_id, id)
) partition by range (id);
create index steps_turn_idx on steps (dealership_id, turn_id, step_no);
select make_tenant_table('steps', 'select, insert');

-- The uniqueness of a step, outside of the partitions.
create table step_keys (
    dealership_id uuid not null,
    turn_id uuid not null,
    step_no smallint not null,
    step_id uuid not null,
    constraint step_keys_pkey primary key (dealership_id, turn_id, step_no),
    foreign key (dealership_id, step_id) references steps (dealership_id, id)
);
select make_tenant_table('step_keys', 'select, insert');

-- The journal: what each tool call came to, written in the transaction of its effect.
create table tool_calls (
    dealership_id uuid not null,
    turn_id uuid not null,
    step_no smallint not null,
    call_no smallint not null,
    tool text not null,
    action text,
    outcome text not null check (outcome in ('done', 'failed', 'denied', 'proposed', 'drafted')),
    effect text,
    arguments_payload_id uuid not null,
    output_payload_id uuid not null,
    created_at timestamptz not null,
    constraint tool_calls_pkey primary key (dealership_id, turn_id, step_no, call_no),
    foreign key (dealership_id, turn_id) references turns (dealership_id, id),
    foreign key (dealership_id, arguments_payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, output_payload_id) references payloads (dealership_id, id)
);
select make_tenant_table('tool_calls', 'select, insert');

-- A stored typed action that waits for a human.
create table proposed_actions (
    dealership_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    turn_id uuid not null,
    action text not null,
    tool text,
    workflow text not null,
    channel text not null,
    arguments_payload_id uuid not null,
    -- What the text or the arguments rest on, as it was shown: sources with versions.
    sources jsonb not null default '[]',
    reason text not null,
    policy_version text not null,
    digest text not null,
    status text not null check (status in ('pending', 'rejected', 'expired', 'executed', 'refused')),
    decided_by uuid,
    decided_at timestamptz,
    decision_reason text,
    outcome text,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, turn_id) references turns (dealership_id, id),
    foreign key (dealership_id, arguments_payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, decided_by) references assignments (dealership_id, user_id)
);
create index proposed_actions_status_idx on proposed_actions (dealership_id, status, expires_at);
select make_tenant_table('proposed_actions');

-- Words the agent may not send by itself: shown to a human as a suggestion.
create table drafts (
    dealership_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    turn_id uuid not null,
    payload_id uuid not null,
    reason text not null,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, turn_id) references turns (dealership_id, id),
    foreign key (dealership_id, payload_id) references payloads (dealership_id, id)
);
create index drafts_conversation_idx on drafts (dealership_id, conversation_id, id);
select make_tenant_table('drafts', 'select, insert');

-- What a conversation's words rested on, with the version of the row that was cited.
create table conversation_evidence (
    dealership_id uuid not null,
    conversation_id uuid not null,
    source_kind text not null,
    source_id uuid not null,
    source_version bigint not null,
    turn_id uuid not null,
    facts_payload_id uuid not null,
    cited_at timestamptz not null,
    primary key (dealership_id, conversation_id, source_kind, source_id),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, facts_payload_id) references payloads (dealership_id, id)
);
select make_tenant_table('conversation_evidence');
