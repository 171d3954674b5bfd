-- Leads, appointments, tasks and the timeline.

create table leads (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    party_id uuid not null,
    customer_id uuid,
    status text not null check (status in ('new', 'contacted', 'qualified', 'proposal', 'negotiation', 'won', 'lost', 'duplicate')),
    source text not null check (source in ('website', 'walk_in', 'phone', 'sms', 'referral', 'third_party', 'social', 'email')),
    owner_user_id uuid,
    vehicle_id uuid,
    interest text,
    trade_in text,
    timeframe text,
    note text,
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, party_id) references parties (dealership_id, id),
    foreign key (dealership_id, customer_id) references customers (dealership_id, id) on delete set null (customer_id),
    foreign key (dealership_id, owner_user_id) references assignments (dealership_id, user_id),
    foreign key (dealership_id, vehicle_id) references vehicles (dealership_id, id) on delete set null (vehicle_id)
);
create index leads_party_idx on leads (dealership_id, party_id);
select make_tenant_table('leads');

create table lead_status_audit (
    dealership_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    from_status text,
    to_status text not null,
    changed_by uuid,
    reason text,
    changed_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, lead_id) references leads (dealership_id, id)
);
select make_tenant_table('lead_status_audit', 'select, insert');

create table appointments (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    party_id uuid not null,
    customer_id uuid,
    lead_id uuid,
    vehicle_id uuid,
    kind text not null check (kind in ('sales', 'test_drive', 'delivery', 'service', 'other')),
    status text not null check (status in ('scheduled', 'confirmed', 'completed', 'no_show', 'cancelled')),
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    department_id uuid not null,
    with_user_id uuid,
    note text,
    booked_by text not null check (booked_by in ('assistant', 'user', 'import')),
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, party_id) references parties (dealership_id, id),
    foreign key (dealership_id, customer_id) references customers (dealership_id, id) on delete set null (customer_id),
    foreign key (dealership_id, lead_id) references leads (dealership_id, id) on delete set null (lead_id),
    foreign key (dealership_id, vehicle_id) references vehicles (dealership_id, id) on delete set null (vehicle_id),
    foreign key (dealership_id, department_id) references departments (dealership_id, id),
    foreign key (dealership_id, with_user_id) references assignments (dealership_id, user_id)
);
create index appointments_party_idx on appointments (dealership_id, party_id, starts_at);
create index appointments_starts_idx on appointments (dealership_id, starts_at);
select make_tenant_table('appointments');

-- One row per quarter hour occupied: two bookings of the same resource cannot both commit.
-- `unit` 1..capacity for resources that hold several (a department).
create table appointment_slots (
    dealership_id uuid not null,
    resource_id uuid not null,
    unit smallint not null check (unit >= 1),
    quarter_at timestamptz not null,
    appointment_id uuid not null,
    constraint appointment_slots_pkey primary key (dealership_id, resource_id, quarter_at, unit),
    foreign key (dealership_id, appointment_id) references appointments (dealership_id, id) on delete cascade
);
-- Whether a slot that was spoken of is still free is asked by its time.
create index appointment_slots_quarter_idx on appointment_slots (dealership_id, quarter_at);
create index appointment_slots_appointment_idx on appointment_slots (dealership_id, appointment_id);
select make_tenant_table('appointment_slots');

create table tasks (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    customer_id uuid,
    lead_id uuid,
    owner_user_id uuid,
    kind text not null check (kind in ('call', 'email', 'sms', 'follow_up', 'appointment', 'other')),
    title text not null,
    due_at timestamptz not null,
    status text not null check (status in ('open', 'done', 'snoozed', 'cancelled')),
    version bigint not null default 1,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, customer_id) references customers (dealership_id, id) on delete set null (customer_id),
    foreign key (dealership_id, lead_id) references leads (dealership_id, id) on delete set null (lead_id),
    foreign key (dealership_id, owner_user_id) references assignments (dealership_id, user_id)
);
select make_tenant_table('tasks');

create table activities (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    party_id uuid,
    customer_id uuid,
    lead_id uuid,
    kind text not null check (kind in ('note', 'call', 'sms', 'email', 'status_change', 'assignment', 'appointment', 'handoff')),
    subject text not null,
    by_user_id uuid,
    occurred_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, party_id) references parties (dealership_id, id),
    foreign key (dealership_id, customer_id) references customers (dealership_id, id) on delete set null (customer_id),
    foreign key (dealership_id, lead_id) references leads (dealership_id, id) on delete set null (lead_id),
    foreign key (dealership_id, by_user_id) references assignments (dealership_id, user_id)
);
create index activities_customer_idx on activities (dealership_id, customer_id, id);
select make_tenant_table('activities', 'select, insert');
