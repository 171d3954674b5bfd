-- Words that a person or newer words answered in the place of are told apart from those that nobody decided in time.

alter table proposed_actions
    drop constraint proposed_actions_status_check,
    add constraint proposed_actions_status_check
        check (status in ('pending', 'rejected', 'expired', 'superseded', 'executed', 'refused', 'stale'));
