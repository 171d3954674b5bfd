-- Watches a database from inside: what was cut when an attempt or an effect committed, and what was in
-- flight when a cut did. The triggers are deferred, so each looks at the last moment before its commit,
-- with a snapshot of that moment: whatever had committed before is seen, whoever locked what.

create table referee_attempts (
    attempt_id uuid primary key, dealership_id uuid not null, conversation_id uuid not null, kind text not null,
    cuts text[] not null
);
create table referee_effects (
    turn_id uuid not null, dealership_id uuid not null, conversation_id uuid not null, tool text not null, cuts text[] not null
);
create table referee_cuts (
    id bigint generated always as identity primary key, cut text not null, dealership_id uuid not null, conversation_id uuid,
    reason text, in_flight uuid[] not null
);
grant select, insert on referee_attempts, referee_effects, referee_cuts to forecourt_app;

create function referee_cuts_on(tenant uuid, conversation uuid) returns text[] language sql volatile as $$
    select array_remove(array[
        case when c.owner_user_id is not null then 'takeover' end,
        case when c.ai_paused_at is not null then 'conversation switch' end,
        case when p.opted_out_at is not null then 'stop' end,
        case when d.ai_paused_at is not null then 'dealership switch' end,
        case when h.ai_paused_at is not null then 'channel switch' end,
        case when g.ai_paused_at is not null then 'group switch' end,
        case when s.suspended_at is not null then 'suspension' end
    ], null)
    from conversations c
    join dealership_profiles d on d.dealership_id = c.dealership_id
    join dealerships s on s.id = c.dealership_id
    left join group_switches g on g.group_id = s.group_id
    left join channel_switches h on h.dealership_id = c.dealership_id and h.channel = c.channel
    left join contact_points p on p.dealership_id = c.dealership_id and p.id = c.contact_point_id
    where c.dealership_id = tenant and c.id = conversation
$$;

-- What the assistant began to send and nobody knows the end of.
create function referee_in_flight(tenant uuid, conversation uuid) returns uuid[] language sql volatile as $$
    select coalesce(array_agg(o.id order by o.id), '{}')
    from attempts a
    join outbox o on o.dealership_id = a.dealership_id and o.id = a.outbox_id
    where o.dealership_id = tenant and (conversation is null or o.conversation_id = conversation)
        and o.kind in ('reply', 'acknowledgement', 'fallback')
        and not exists (select from attempt_outcomes e where e.dealership_id = tenant and e.attempt_id = a.id)
$$;

create function referee_sees_attempt() returns trigger language plpgsql as $$
begin
    insert into referee_attempts
    select new.id, o.dealership_id, o.conversation_id, o.kind, referee_cuts_on(o.dealership_id, o.conversation_id)
    from outbox o
    where o.dealership_id = new.dealership_id and o.id = new.outbox_id
        and o.kind in ('reply', 'acknowledgement', 'fallback');
    return null;
end $$;
create constraint trigger referee after insert on attempts deferrable initially deferred
    for each row execute function referee_sees_attempt();

create function referee_sees_effect() returns trigger language plpgsql as $$
begin
    insert into referee_effects
    select new.turn_id, t.dealership_id, t.conversation_id, new.tool, referee_cuts_on(t.dealership_id, t.conversation_id)
    from turns t
    where t.dealership_id = new.dealership_id and t.id = new.turn_id;
    return null;
end $$;
create constraint trigger referee after insert on tool_calls deferrable initially deferred
    for each row when (new.effect is not null and new.outcome = 'done' and new.effect <> 'handed_off')
    execute function referee_sees_effect();

create function referee_sees_cut() returns trigger language plpgsql as $$
begin
    insert into referee_cuts (cut, dealership_id, conversation_id, reason, in_flight)
    values (tg_argv[0], new.dealership_id, new.id, new.ai_pause_reason, referee_in_flight(new.dealership_id, new.id));
    return null;
end $$;
create constraint trigger referee_takeover after update on conversations deferrable initially deferred
    for each row when (old.owner_user_id is null and new.owner_user_id is not null)
    execute function referee_sees_cut('takeover');
create constraint trigger referee_switch after update on conversations deferrable initially deferred
    for each row when (old.ai_paused_at is null and new.ai_paused_at is not null)
    execute function referee_sees_cut('conversation switch');

create function referee_sees_stop() returns trigger language plpgsql as $$
begin
    insert into referee_cuts (cut, dealership_id, conversation_id, in_flight)
    select 'stop', c.dealership_id, c.id, referee_in_flight(c.dealership_id, c.id)
    from conversations c where c.dealership_id = new.dealership_id and c.contact_point_id = new.id;
    return null;
end $$;
create constraint trigger referee after update on contact_points deferrable initially deferred
    for each row when (old.opted_out_at is null and new.opted_out_at is not null)
    execute function referee_sees_stop();

create function referee_sees_channel_switch() returns trigger language plpgsql as $$
begin
    insert into referee_cuts (cut, dealership_id, reason, in_flight)
    values ('channel switch', new.dealership_id, new.reason, referee_in_flight(new.dealership_id, null));
    return null;
end $$;
create constraint trigger referee after insert or update on channel_switches deferrable initially deferred
    for each row execute function referee_sees_channel_switch();

-- One row for each dealership of the group. Row-level security shows one at a time.
create function referee_sees_group_switch() returns trigger language plpgsql as $$
declare
    here text := current_setting('app.dealership_id', true);
    sister uuid;
begin
    for sister in select id from dealerships where group_id = new.group_id loop
        perform set_config('app.dealership_id', sister::text, true);
        insert into referee_cuts (cut, dealership_id, reason, in_flight)
        values ('group switch', sister, new.reason, referee_in_flight(sister, null));
    end loop;
    perform set_config('app.dealership_id', coalesce(here, ''), true);
    return null;
end $$;
create constraint trigger referee after insert or update on group_switches deferrable initially deferred
    for each row when (new.ai_paused_at is not null)
    execute function referee_sees_group_switch();

create function referee_sees_dealership_switch() returns trigger language plpgsql as $$
begin
    insert into referee_cuts (cut, dealership_id, reason, in_flight)
    values ('dealership switch', new.dealership_id, new.ai_pause_reason, referee_in_flight(new.dealership_id, null));
    return null;
end $$;
create constraint trigger referee after update on dealership_profiles deferrable initially deferred
    for each row when (old.ai_paused_at is null and new.ai_paused_at is not null)
    execute function referee_sees_dealership_switch();
