-- What is on the lot.

create table vehicles (
    dealership_id uuid not null references dealerships (id),
    id uuid not null,
    stock_number text not null,
    vin text not null check (length(vin) = 17),
    condition text not null check (condition in ('new', 'used', 'certified')),
    year smallint not null,
    make text not null,
    model text not null,
    trim text not null default '',
    -- `fold`ed forms of make and model, compared with `=`.
    make_key text not null,
    model_key text not null,
    -- Null where the feed did not say: shown as unknown, never guessed.
    body text check (body in ('sedan', 'suv', 'truck', 'coupe', 'hatchback', 'wagon', 'van', 'convertible')),
    drivetrain text check (drivetrain in ('fwd', 'rwd', 'awd', '4wd')),
    fuel text check (fuel in ('gasoline', 'hybrid', 'plug_in_hybrid', 'electric', 'diesel')),
    transmission text check (transmission in ('automatic', 'manual', 'cvt')),
    exterior_color text not null default '',
    interior_color text not null default '',
    mileage integer check (mileage >= 0),
    price_minor bigint check (price_minor > 0),
    cost_minor bigint,
    currency text not null check (currency in ('USD', 'CAD', 'MXN', 'EUR', 'GBP')),
    status text not null check (status in ('available', 'pending', 'sold')),
    features jsonb not null default '[]',
    description text not null default '',
    drawing text,
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (dealership_id, id),
    constraint vehicles_stock_number_key unique (dealership_id, stock_number),
    constraint vehicles_vin_key unique (dealership_id, vin)
);
create index vehicles_status_idx on vehicles (dealership_id, status, price_minor);
create index vehicles_model_idx on vehicles (dealership_id, make_key, model_key);
select make_tenant_table('vehicles');

-- Vectors by model; a query names one model, and the scan of one dealership is exact.
create table embeddings (
    dealership_id uuid not null references dealerships (id),
    subject_kind text not null check (subject_kind in ('vehicle', 'knowledge')),
    subject_id uuid not null,
    model text not null,
    content_hash bytea not null,
    v vector not null,
    primary key (dealership_id, subject_kind, model, subject_id)
);
select make_tenant_table('embeddings');
