create table customers (
    customer_id integer primary key,
    name text not null,
    region text
);
comment on column customers.region is 'NULL where nobody asked';

create table orders (
    order_id integer primary key,
    customer_id integer references customers,
    placed_at timestamp with time zone not null,
    promised_on date not null,
    amount_cents integer not null
);
comment on column orders.customer_id is 'NULL for a guest';
comment on column orders.promised_on is 'a day in Berlin';

create table order_events (
    event_id integer not null,
    order_id integer,
    kind text not null,
    occurred_at timestamp with time zone not null,
    received_at timestamp with time zone not null
);
comment on table order_events is
    'What carriers send, at least once: the same event_id may come again, and corrected';
comment on column order_events.order_id is 'NULL where a label could not be read';

create table deliveries (
    order_id integer primary key references orders,
    delivered_at timestamp with time zone not null
);
comment on table deliveries is
    'Booked by the nightly job, from what had been received until the books were closed';

create index on order_events (order_id);
create index on orders (customer_id);
