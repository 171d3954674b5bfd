-- Tickets with a deadline and a ladder of people who are asked one after the other, and conversations that go
-- back to the assistant by themselves.

alter table handoffs
    add column priority text not null default 'normal' check (priority in ('urgent', 'high', 'normal')),
    add column department_id uuid,
    -- By when somebody should have taken it.
    add column due_at timestamptz,
    -- Which rung of the ladder was asked last, and until when its people have time; none once all had it.
    add column level smallint not null default 0 check (level >= 0),
    add column escalates_at timestamptz,
    -- Nobody of the whole ladder took it in time.
    add column dropped_at timestamptz,
    add column closed_at timestamptz,
    -- The words by which the customer was told that a person is asked.
    add column told_message_id uuid,
    add constraint handoffs_department_fkey foreign key (dealership_id, department_id)
        references departments (dealership_id, id) on delete set null (department_id),
    add constraint handoffs_told_message_fkey foreign key (dealership_id, told_message_id)
        references messages (dealership_id, id);
create index handoffs_escalation_idx on handoffs (dealership_id, escalates_at) where status = 'open';
create index handoffs_status_idx on handoffs (dealership_id, status, ticket);

-- How fast tickets are to be taken, and when a conversation goes back to the assistant. No row: the defaults.
create table handoff_settings (
    dealership_id uuid primary key references dealerships (id),
    urgent_minutes integer not null check (urgent_minutes between 1 and 10080),
    high_minutes integer not null check (high_minutes between 1 and 10080),
    normal_minutes integer not null check (normal_minutes between 1 and 10080),
    -- After so long without a reply by hand; null: never.
    hand_back_after_minutes integer check (hand_back_after_minutes between 2 and 43200),
    -- How long before that the owner is told.
    hand_back_notice_minutes integer not null check (hand_back_notice_minutes >= 1),
    check (hand_back_notice_minutes < hand_back_after_minutes)
);
select make_tenant_table('handoff_settings');

-- The ladder of a department. No rows: the default one.
create table escalation_rungs (
    dealership_id uuid not null,
    department_id uuid not null,
    rung_no smallint not null check (rung_no between 0 and 9),
    reach text not null check (reach in ('owner', 'person', 'role', 'managers')),
    user_id uuid,
    role text,
    wait_minutes integer not null check (wait_minutes between 1 and 10080),
    primary key (dealership_id, department_id, rung_no),
    constraint escalation_rungs_person_check check ((reach = 'person') = (user_id is not null)),
    constraint escalation_rungs_role_check check ((reach = 'role') = (role is not null)),
    foreign key (dealership_id, department_id) references departments (dealership_id, id) on delete cascade,
    foreign key (dealership_id, user_id) references assignments (dealership_id, user_id)
);
select make_tenant_table('escalation_rungs');

-- When the owner last took it or wrote by hand, and when they were told that it goes back.
alter table conversations
    add column owner_active_at timestamptz,
    add column hand_back_announced_at timestamptz;
create index conversations_owned_idx on conversations (dealership_id, owner_active_at) where owner_user_id is not null;
