-- Who is on the other side, and how sure we are of it.

create table customers (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    first_name text not null,
    last_name text not null default '',
    preferred_channel text check (preferred_channel in ('sms', 'email', 'web_chat')),
    tags jsonb not null default '[]',
    transferred_from uuid,
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (dealership_id, id)
);
select make_tenant_table('customers');

create table parties (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    customer_id uuid,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, customer_id) references customers (dealership_id, id) on delete set null (customer_id)
);
create index parties_customer_idx on parties (dealership_id, customer_id);
select make_tenant_table('parties');

-- A phone number, e-mail address or chat visitor. `opted_out_at` is STOP: it binds whoever owns it.
create table contact_points (
    dealership_id uuid not null,
    id uuid not null,
    party_id uuid not null,
    kind text not null check (kind in ('phone', 'email', 'chat_visitor')),
    value text not null,
    assurance text not null check (assurance in ('carrier', 'authenticated_mail', 'code', 'claimed')),
    opted_out_at timestamptz,
    opted_in_at timestamptz,
    first_texted_at timestamptz,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    constraint contact_points_value_key unique (dealership_id, kind, value),
    foreign key (dealership_id, party_id) references parties (dealership_id, id)
);
create index contact_points_party_idx on contact_points (dealership_id, party_id);
select make_tenant_table('contact_points');

-- Every opt-in, opt-out and help, as it happened. Insert-only.
create table consents (
    dealership_id uuid not null,
    id uuid not null,
    contact_point_id uuid not null,
    customer_id uuid,
    kind text not null check (kind in ('opt_out', 'opt_in')),
    source text not null check (source in ('keyword', 'provider', 'import', 'user')),
    message_id uuid,
    occurred_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, contact_point_id) references contact_points (dealership_id, id),
    foreign key (dealership_id, customer_id) references customers (dealership_id, id) on delete set null (customer_id)
);
select make_tenant_table('consents', 'select, insert');

-- Words by which customers and messages are found; one B-tree, equality only.
create table search_terms (
    dealership_id uuid not null references dealerships (id),
    term text not null,
    kind text not null check (kind in ('customer', 'message', 'vehicle')),
    subject_id uuid not null,
    primary key (dealership_id, term, kind, subject_id)
);
create index search_terms_subject_idx on search_terms (dealership_id, kind, subject_id);
select make_tenant_table('search_terms');
