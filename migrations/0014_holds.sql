-- A pause before a reply of the assistant leaves by itself, in which a person may send, edit or stop it.

-- No row: it leaves at once.
create table hold_settings (
    dealership_id uuid not null references dealerships (id),
    workflow text not null,
    channel text not null check (channel in ('sms', 'email', 'web_chat')),
    seconds integer not null check (seconds between 0 and 3600),
    changed_by uuid,
    changed_at timestamptz not null,
    primary key (dealership_id, workflow, channel),
    foreign key (dealership_id, changed_by) references assignments (dealership_id, user_id)
);
select make_tenant_table('hold_settings');
-- Every turn reads them and hardly anybody changes them.
create trigger renew_standing after insert or update or delete on hold_settings
    for each row execute function renew_standing();

-- Until when a row is held for people to look at; of meaning while it is `held` for the reason `hold`. Beside
-- `not_before`, which the policies set and nobody shortens.
alter table outbox add column hold_until timestamptz;
