-- The conventions every later migration uses. Run by the owner role; the app role is `forecourt_app`.

-- Turns a table into a tenant table: row-level security enabled and forced, one policy on the
-- dealership of the transaction, and the grants of the app role. `nullif` because the setting
-- reads as '' on a pooled connection after a transaction that had set it.
create function make_tenant_table(table_name regclass, privileges text default 'select, insert, update, delete')
returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', table_name);
    execute format('alter table %s force row level security', table_name);
    execute format(
        'create policy tenant on %s using (dealership_id = nullif(current_setting(''app.dealership_id'', true), '''')::uuid)',
        table_name);
    execute format('grant %s on %s to forecourt_app', privileges, table_name);
end $$;

-- The smallest uuid v7 of an instant: the lower bound of a partition by range of id.
create function uuid_v7_floor(at timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Makes the quarterly partitions of an append-only table from `first` to `last`, and a default one.
-- The app role gets no grant on a partition: the parent's row security does not hold there.
create function make_partitions(table_name text, first date, last date) returns void language plpgsql as $$
declare
    quarter date := date_trunc('quarter', first);
    partition_name text;
begin
    execute format('create table if not exists %I partition of %I default', table_name || '_default', table_name);
    while quarter <= last loop
        partition_name := table_name || to_char(quarter, '"_"YYYY"q"Q');
        if to_regclass(partition_name) is null then
            execute format('create table %I partition of %I for values from (%L) to (%L)', partition_name, table_name,
                uuid_v7_floor(quarter::timestamp at time zone 'UTC'),
                uuid_v7_floor((quarter + interval '3 months') at time zone 'UTC'));
        end if;
        quarter := quarter + interval '3 months';
    end loop;
end $$;

revoke execute on function make_tenant_table, uuid_v7_floor, make_partitions from public;
