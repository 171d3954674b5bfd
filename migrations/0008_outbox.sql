-- What leaves: one row per message to send, one per attempt, one per outcome of an attempt.

create table outbox (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    kind text not null check (kind in ('reply', 'acknowledgement', 'keyword_answer', 'fallback', 'user_reply', 'staff_alert')),
    conversation_id uuid,
    message_id uuid,
    -- Order within a conversation; sends leave in it.
    seq bigint,
    channel text not null check (channel in ('sms', 'email', 'web_chat')),
    integration_id uuid,
    sender text,
    recipient text not null,
    contact_point_id uuid,
    payload_id uuid not null,
    status text not null check (status in
        ('queued', 'held', 'sending', 'sent', 'simulated', 'delivered', 'read', 'failed', 'cancelled', 'unknown')),
    status_reason text,
    not_before timestamptz,
    -- Cited sources with versions, checked again when the text has waited.
    sources jsonb not null default '[]',
    provider_id text,
    error_code text,
    attempts_made smallint not null default 0,
    lookups_made smallint not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (dealership_id, id),
    constraint outbox_seq_key unique (dealership_id, conversation_id, seq),
    constraint outbox_provider_id_key unique (dealership_id, provider_id),
    check ((kind = 'staff_alert') = (conversation_id is null)),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, message_id) references messages (dealership_id, id),
    foreign key (dealership_id, integration_id) references integrations (dealership_id, id),
    foreign key (dealership_id, contact_point_id) references contact_points (dealership_id, id),
    foreign key (dealership_id, payload_id) references payloads (dealership_id, id)
);
create index outbox_message_idx on outbox (dealership_id, message_id);
create index outbox_held_idx on outbox (dealership_id, conversation_id) where status in ('queued', 'held');
select make_tenant_table('outbox');

create table attempts (
    dealership_id uuid not null,
    id uuid not null,
    outbox_id uuid not null,
    attempt_no smallint not null,
    started_at timestamptz not null,
    primary key (dealership_id, id),
    constraint attempts_no_key unique (dealership_id, outbox_id, attempt_no),
    foreign key (dealership_id, outbox_id) references outbox (dealership_id, id)
);
select make_tenant_table('attempts', 'select, insert');

create table attempt_outcomes (
    dealership_id uuid not null,
    attempt_id uuid not null,
    outcome text not null check (outcome in ('accepted', 'simulated', 'refused', 'not_sent', 'ambiguous', 'adopted', 'absent')),
    provider_id text,
    error_code text,
    occurred_at timestamptz not null,
    primary key (dealership_id, attempt_id),
    foreign key (dealership_id, attempt_id) references attempts (dealership_id, id)
);
select make_tenant_table('attempt_outcomes', 'select, insert');

-- Status callbacks as they came; `outbox.status` only ever moves forward.
create table delivery_reports (
    dealership_id uuid not null,
    id uuid not null,
    outbox_id uuid not null,
    provider_status text not null,
    error_code text,
    received_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, outbox_id) references outbox (dealership_id, id)
);
create index delivery_reports_outbox_idx on delivery_reports (dealership_id, outbox_id, id);
select make_tenant_table('delivery_reports', 'select, insert');
