-- A dealership's own policies: versions that are only ever added, and which of them was in force when.

create table policy_versions (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    number integer not null check (number > 0),
    source text not null check (length(source) <= 65536),
    note text check (length(note) <= 200),
    created_by uuid not null,
    created_at timestamptz not null,
    primary key (dealership_id, id),
    constraint policy_versions_number_key unique (dealership_id, number),
    foreign key (dealership_id, created_by) references assignments (dealership_id, user_id)
);
select make_tenant_table('policy_versions', 'select, insert');

-- Every change of what is in force, newest last. No version: the built-in policies alone.
create table policy_activations (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    version_id uuid,
    -- The activation that a roll back from this one returns to; none where nothing was in force before.
    before_id uuid,
    activated_by uuid not null,
    activated_at timestamptz not null,
    primary key (dealership_id, id),
    foreign key (dealership_id, version_id) references policy_versions (dealership_id, id),
    foreign key (dealership_id, before_id) references policy_activations (dealership_id, id),
    foreign key (dealership_id, activated_by) references assignments (dealership_id, user_id)
);
select make_tenant_table('policy_activations', 'select, insert');

-- The activation and the version in force now. What turns compare at their end.
alter table dealership_profiles
    add column policy_activation_id uuid,
    add column policy_version_id uuid,
    add foreign key (dealership_id, policy_activation_id) references policy_activations (dealership_id, id),
    add foreign key (dealership_id, policy_version_id) references policy_versions (dealership_id, id);
create trigger renew_standing_of_policies before update of policy_version_id on dealership_profiles
    for each row execute function renew_own_standing();
