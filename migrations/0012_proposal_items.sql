-- A proposal has 1..n ordered items: what one turn could not do alone, decided together.

create table proposed_items (
    dealership_id uuid not null,
    proposal_id uuid not null,
    -- (proposal, number) is the key under which an item runs: it leaves `pending` once.
    item_no smallint not null check (item_no > 0),
    action text not null,
    -- The tool that runs it; none for words to send.
    tool text,
    workflow text not null,
    arguments_payload_id uuid not null,
    -- The cited fields with their values as they were displayed.
    facts_payload_id uuid not null,
    -- What the guards judged the words by; none for a tool.
    grounds_payload_id uuid,
    -- What an approver made of it: before and after.
    edit_payload_id uuid,
    reason text not null,
    policy_version text not null,
    status text not null check (status in ('pending', 'done', 'failed', 'skipped')),
    outcome text,
    ended_at timestamptz,
    primary key (dealership_id, proposal_id, item_no),
    check ((status = 'pending') = (ended_at is null)),
    check (edit_payload_id is null or status = 'done'),
    foreign key (dealership_id, proposal_id) references proposed_actions (dealership_id, id),
    foreign key (dealership_id, arguments_payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, facts_payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, grounds_payload_id) references payloads (dealership_id, id),
    foreign key (dealership_id, edit_payload_id) references payloads (dealership_id, id)
);
select make_tenant_table('proposed_items');

-- What is said of an item is said in its row. A proposal that was made before this has none and cannot run.
alter table proposed_actions
    drop column action, drop column tool, drop column workflow, drop column arguments_payload_id, drop column sources,
    drop column reason, drop column policy_version,
    drop constraint proposed_actions_status_check,
    add constraint proposed_actions_status_check
        check (status in ('pending', 'rejected', 'expired', 'executed', 'refused', 'stale')),
    -- Which cited fields had changed when a yes came: label, field, what was shown, what it is.
    add column changes_payload_id uuid,
    add foreign key (dealership_id, changes_payload_id) references payloads (dealership_id, id);

create index proposed_actions_turn_idx on proposed_actions (dealership_id, turn_id);
create index proposed_actions_decided_idx on proposed_actions (dealership_id, decided_at desc);
