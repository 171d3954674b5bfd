-- Who stopped a reply that was held, and what a cut reads while everybody waits for it.

-- So that whoever began to type may send what they typed in its place.
alter table outbox
    add column stopped_by uuid,
    add foreign key (dealership_id, stopped_by) references assignments (dealership_id, user_id);

-- Few rows at any moment, of tables that only grow.
create index outbox_sending_idx on outbox (dealership_id, id) where status = 'sending';
create index outbox_paused_idx on outbox (dealership_id, conversation_id) where status = 'held' and status_reason = 'paused';
create index conversations_unanswered_idx on conversations (dealership_id, id)
    where kind = 'customer' and owner_user_id is null and last_inbound > answered_inbound;

-- Whoever paused a conversation is of its dealership.
alter table conversations
    add foreign key (dealership_id, ai_paused_by) references assignments (dealership_id, user_id);
