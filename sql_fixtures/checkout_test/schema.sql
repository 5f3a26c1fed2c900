create table visitors (
    visitor_id integer primary key,
    country text,
    is_bot boolean
);
comment on column visitors.is_bot is 'NULL where nobody could tell';

create table assignments (
    visitor_id integer not null references visitors,
    variant text not null check (variant in ('control', 'treatment')),
    assigned_at timestamp with time zone not null
);
comment on table assignments is
    'Written whenever a browser asks which page to show: a visitor may have several rows';

create table events (
    event_id integer not null,
    visitor_id integer not null references visitors,
    kind text not null,
    happened_at timestamp with time zone not null,
    amount_cents integer
);
comment on table events is
    'Sent by browsers and by the shop, at least once: the same event may come again, unchanged';
comment on column events.amount_cents is 'what was paid or paid back; NULL where no money moves, as for a purchase by voucher';

create index on assignments (visitor_id);
create index on events (visitor_id);
