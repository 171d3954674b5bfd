-- Who somebody is: passwords, second factors, sessions, refresh tokens, invitations, resets, and the mail that
-- carries links. Whatever signs somebody in is kept as a digest of a random secret, or as a password hash.

alter table users
    -- A PHC string (argon2id); null until a password was set.
    add column password_hash text,
    add column password_changed_at timestamptz,
    -- The seed of the second factor, sealed by an AEAD for the user's row; `totp_key_id` says under which key.
    add column totp_sealed bytea,
    add column totp_key_id text,
    -- Null while the seed is only proposed: it counts from the first right code on.
    add column totp_confirmed_at timestamptz,
    -- The time step of the last code that was accepted: none is accepted twice.
    add column totp_last_step bigint not null default 0,
    add constraint users_totp_sealed_check check ((totp_sealed is null) = (totp_key_id is null)),
    add constraint users_totp_confirmed_check check (totp_confirmed_at is null or totp_sealed is not null);

-- Where somebody works or worked: a directory for those who sign in before a dealership is known. Whether they
-- work there still, and as what, is in `assignments`.
create table workplaces (
    user_id uuid not null references users (id),
    dealership_id uuid not null references dealerships (id),
    primary key (user_id, dealership_id)
);
grant select, insert on workplaces to forecourt_app;

-- Each opens the second factor once.
create table recovery_codes (
    user_id uuid not null references users (id),
    digest bytea not null check (length(digest) = 32),
    created_at timestamptz not null,
    used_at timestamptz,
    primary key (user_id, digest)
);
grant select, insert, update, delete on recovery_codes to forecourt_app;

-- A sign-in whose password was right and whose second factor is still asked for.
create table sign_in_challenges (
    digest bytea primary key check (length(digest) = 32),
    user_id uuid not null references users (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    failures integer not null default 0,
    ended_at timestamptz
);
grant select, insert, update, delete on sign_in_challenges to forecourt_app;

-- Somebody at the console, by digest only.
create table sessions (
    id uuid primary key,
    digest bytea not null constraint sessions_digest_key unique check (length(digest) = 32),
    user_id uuid not null references users (id),
    -- Null until one of several was chosen.
    dealership_id uuid references dealerships (id),
    -- The visit of a platform owner that this session is on.
    visit_id uuid,
    -- What the browser said it is, and where it was: shown to the user, trusted by nobody.
    user_agent text not null check (length(user_agent) <= 300),
    address text not null check (length(address) <= 64),
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_why text check (ended_why in ('signed_out', 'ended_by_user', 'replaced', 'password_changed', 'password_reset', 'disabled')),
    constraint sessions_ended_check check ((ended_at is null) = (ended_why is null))
);
create index sessions_user_idx on sessions (user_id, id) where ended_at is null;
grant select, insert, update on sessions to forecourt_app;

-- A browser in which somebody has signed in before: guesses from elsewhere do not slow it down.
create table known_devices (
    digest bytea primary key check (length(digest) = 32),
    user_id uuid not null references users (id),
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null
);
create index known_devices_user_idx on known_devices (user_id);
grant select, insert, update, delete on known_devices to forecourt_app;

-- How often a sign-in was tried, by keyed digests of accounts and addresses: no row says whose it is.
create table sign_in_tries (
    kind text not null check (kind in ('pair', 'address', 'account', 'device', 'code', 'reset', 'reset_address')),
    key bytea not null check (length(key) = 32),
    -- How full the measure is; it empties with time.
    level double precision not null,
    measured_at timestamptz not null,
    primary key (kind, key)
);
create index sign_in_tries_age_idx on sign_in_tries (measured_at);
grant select, insert, update, delete on sign_in_tries to forecourt_app;

-- A sign-in over the API: every refresh token that follows from it.
create table refresh_families (
    id uuid primary key,
    user_id uuid not null references users (id),
    dealership_id uuid not null references dealerships (id),
    visit_id uuid,
    user_agent text not null check (length(user_agent) <= 300),
    address text not null check (length(address) <= 64),
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_why text check (ended_why in ('signed_out', 'ended_by_user', 'reused', 'password_changed', 'password_reset', 'disabled')),
    constraint refresh_families_ended_check check ((ended_at is null) = (ended_why is null))
);
create index refresh_families_user_idx on refresh_families (user_id, id) where ended_at is null;
grant select, insert, update on refresh_families to forecourt_app;

create table refresh_tokens (
    digest bytea primary key check (length(digest) = 32),
    family_id uuid not null references refresh_families (id),
    created_at timestamptz not null,
    used_at timestamptz
);
create index refresh_tokens_family_idx on refresh_tokens (family_id);
grant select, insert, update, delete on refresh_tokens to forecourt_app;

-- A link that sets a password once, by digest only. One with a dealership is an invitation to work there.
create table password_links (
    digest bytea primary key check (length(digest) = 32),
    id uuid not null constraint password_links_id_key unique,
    user_id uuid not null references users (id),
    dealership_id uuid references dealerships (id),
    role text check (role in ('admin', 'general_manager', 'sales_manager', 'salesperson', 'bdc', 'finance_manager',
        'service_manager', 'marketing_manager', 'viewer')),
    department_id uuid,
    made_by uuid references users (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    withdrawn_at timestamptz,
    constraint password_links_invitation_check check ((dealership_id is null) = (role is null))
);
create index password_links_user_idx on password_links (user_id) where used_at is null and withdrawn_at is null;
create index password_links_dealership_idx on password_links (dealership_id)
    where dealership_id is not null and used_at is null and withdrawn_at is null;
grant select, insert, update on password_links to forecourt_app;

-- Mail of the system to its own people: invitations, links, notices. Nothing of a customer is in it. What it says
-- is sealed, because it may hold a link that opens an account, and is forgotten once it was sent.
create table system_mails (
    id uuid primary key,
    kind text not null check (kind in ('invitation', 'password_reset', 'password_changed', 'second_factor_added',
        'second_factor_removed', 'added_to_dealership', 'refresh_reused')),
    recipient text not null,
    sealed_body bytea,
    key_id text,
    created_at timestamptz not null,
    -- When it is tried next; null when it is settled.
    due_at timestamptz,
    attempts integer not null default 0,
    sent_at timestamptz,
    given_up_at timestamptz,
    constraint system_mails_sealed_check check ((sealed_body is null) = (key_id is null))
);
create index system_mails_due_idx on system_mails (due_at) where due_at is not null;
grant select, insert, update on system_mails to forecourt_app;

create table system_mail_attempts (
    mail_id uuid not null references system_mails (id),
    number integer not null,
    attempted_at timestamptz not null,
    outcome text not null check (outcome in ('sent', 'refused', 'failed')),
    -- The status of the mail server's answer, if it gave one; never its words.
    code text check (length(code) <= 20),
    primary key (mail_id, number)
);
grant select, insert on system_mail_attempts to forecourt_app;

-- A platform owner at a dealership where they do not work, or as one of its people: why, and until when.
create table visits (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    user_id uuid not null references users (id),
    as_user_id uuid,
    reason text not null check (length(reason) between 10 and 300),
    began_at timestamptz not null,
    until timestamptz not null,
    ended_at timestamptz,
    primary key (dealership_id, id),
    foreign key (dealership_id, as_user_id) references assignments (dealership_id, user_id)
);
create index visits_user_idx on visits (dealership_id, user_id);
create index visits_as_user_idx on visits (dealership_id, as_user_id);
select make_tenant_table('visits', 'select, insert, update');

-- How full a measure of tries is at `now`. One that empties by `seconds_each` loses a try in that time; one whose
-- wait doubles (`seconds_each` is 0) keeps its level until it is forgotten.
create function sign_in_level(level double precision, measured_at timestamptz, now timestamptz,
    seconds_each double precision, forgotten_after double precision)
returns double precision language sql immutable as $$
    select case
        when extract(epoch from now - measured_at) >= forgotten_after then 0
        when seconds_each > 0 then greatest(0, level - extract(epoch from now - measured_at) / seconds_each)
        else level
    end
$$;

-- The seconds until another try fits: 0 or less means now.
create function sign_in_wait(level double precision, measured_at timestamptz, now timestamptz, size double precision,
    seconds_each double precision, forgotten_after double precision, longest double precision)
returns double precision language sql immutable as $$
    select case
        when sign_in_level(level, measured_at, now, seconds_each, forgotten_after) <= size - 1 then 0
        when seconds_each > 0
            then (sign_in_level(level, measured_at, now, seconds_each, forgotten_after) - (size - 1)) * seconds_each
        else least(longest, power(2, least(30, level - size))) - extract(epoch from now - measured_at)
    end
$$;
