-- What was said, by whom, and who answers.

-- Bodies of texts, arguments, prompts and outputs. Everything else holds ids and salted commitments
-- H(salt || body), so that a person can be erased here and the log still verifies.
create table payloads (
    dealership_id uuid not null,
    id uuid not null,
    party_id uuid,
    salt bytea not null check (length(salt) = 16),
    body jsonb not null,
    primary key (dealership_id, id)
) partition by range (id);
select make_tenant_table('payloads');

-- owner_version, consent_version and last_inbound are the compare-and-set of a turn's last
-- transaction; lease_no fences a worker that was slow but is alive.
create table conversations (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    kind text not null check (kind in ('customer', 'copilot')),
    party_id uuid,
    user_id uuid,
    department_id uuid,
    channel text not null check (channel in ('sms', 'email', 'web_chat', 'copilot')),
    integration_id uuid,
    our_address text,
    contact_point_id uuid,
    owner_user_id uuid,
    owner_version bigint not null default 0,
    consent_version bigint not null default 0,
    last_inbound bigint not null default 0,
    answered_inbound bigint not null default 0,
    first_unanswered_at timestamptz,
    last_outbox_seq bigint not null default 0,
    lease_no bigint not null default 0,
    ai_paused_at timestamptz,
    created_at timestamptz not null,
    last_message_at timestamptz not null,
    primary key (dealership_id, id),
    check ((kind = 'customer') = (party_id is not null)),
    check ((kind = 'copilot') = (user_id is not null)),
    foreign key (dealership_id, party_id) references parties (dealership_id, id),
    foreign key (dealership_id, user_id) references assignments (dealership_id, user_id),
    foreign key (dealership_id, department_id) references departments (dealership_id, id) on delete set null (department_id),
    foreign key (dealership_id, integration_id) references integrations (dealership_id, id),
    foreign key (dealership_id, contact_point_id) references contact_points (dealership_id, id),
    foreign key (dealership_id, owner_user_id) references assignments (dealership_id, user_id)
);
create unique index conversations_party_key on conversations (dealership_id, party_id) where kind = 'customer';
create index conversations_recent_idx on conversations (dealership_id, last_message_at desc);
select make_tenant_table('conversations');

create table messages (
    dealership_id uuid not null,
    id uuid not null,
    conversation_id uuid not null,
    direction text not null check (direction in ('inbound', 'outbound')),
    author text not null check (author in ('customer', 'assistant', 'user', 'user_via_assistant', 'system')),
    author_user_id uuid,
    channel text not null check (channel in ('sms', 'email', 'web_chat', 'copilot')),
    contact_point_id uuid,
    assurance text check (assurance in ('carrier', 'authenticated_mail', 'code', 'claimed')),
    payload_id uuid not null,
    -- The running number of an inbound message in its conversation.
    inbound_no bigint,
    turn_id uuid,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    check ((direction = 'inbound') = (inbound_no is not null)),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, author_user_id) references assignments (dealership_id, user_id),
    foreign key (dealership_id, contact_point_id) references contact_points (dealership_id, id)
) partition by range (id);
create index messages_conversation_idx on messages (dealership_id, conversation_id, id);
select make_tenant_table('messages', 'select, insert');

-- One row per provider message ever accepted: a redelivery ends here.
create table receipts (
    dealership_id uuid not null references dealerships (id),
    provider text not null,
    account text not null,
    provider_message_id text not null,
    message_id uuid not null,
    received_at timestamptz not null,
    constraint receipts_pkey primary key (dealership_id, provider, account, provider_message_id),
    -- The receipt is inserted first, so that a redelivery waits for it and ends there.
    foreign key (dealership_id, message_id) references messages (dealership_id, id) deferrable initially deferred
);
select make_tenant_table('receipts', 'select, insert');

-- The keys under which clients sent replies by hand: one sent again ends here.
create table reply_keys (
    dealership_id uuid not null references dealerships (id),
    key text not null,
    conversation_id uuid not null,
    user_id uuid not null,
    message_id uuid not null,
    created_at timestamptz not null,
    constraint reply_keys_pkey primary key (dealership_id, key),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, user_id) references assignments (dealership_id, user_id),
    foreign key (dealership_id, message_id) references messages (dealership_id, id)
);
select make_tenant_table('reply_keys', 'select, insert');

-- Forms that the provider signed and nobody could read, as they came; each once.
create table unreadable_forms (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    integration_id uuid not null,
    digest text not null,
    reason text not null,
    payload_id uuid not null,
    received_at timestamptz not null,
    primary key (dealership_id, id),
    constraint unreadable_forms_digest_key unique (dealership_id, digest),
    foreign key (dealership_id, integration_id) references integrations (dealership_id, id),
    foreign key (dealership_id, payload_id) references payloads (dealership_id, id)
);
select make_tenant_table('unreadable_forms', 'select, insert');

-- A human is asked to take a conversation.
create table handoffs (
    dealership_id uuid not null,
    id uuid not null,
    ticket bigint not null,
    conversation_id uuid not null,
    category text not null,
    summary_payload_id uuid not null,
    status text not null check (status in ('open', 'taken', 'closed')),
    owner_user_id uuid,
    version bigint not null default 1,
    created_at timestamptz not null,
    taken_at timestamptz,
    primary key (dealership_id, id),
    constraint handoffs_ticket_key unique (dealership_id, ticket),
    foreign key (dealership_id, conversation_id) references conversations (dealership_id, id),
    foreign key (dealership_id, summary_payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, owner_user_id) references assignments (dealership_id, user_id)
);
create unique index handoffs_open_key on handoffs (dealership_id, conversation_id) where status = 'open';
select make_tenant_table('handoffs');
