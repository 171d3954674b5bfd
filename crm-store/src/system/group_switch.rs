//! The kill switch of a whole group: one transaction that goes through every dealership of it.

use forecourt_domain::{ids::DealershipId, scope::Scope, staff::Role};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    conversations::{AiSwitch, SwitchError, SwitchOrder, SwitchThrown},
    rows::sql,
};

impl CrmTx {
    /// Throws the switch of the group that this dealership belongs to, for whoever may in every one of
    /// its dealerships. The transaction must hold the group's lock alone, as
    /// [`Store::begin_to_throw`](crate::Store::begin_to_throw) takes it. Each dealership logs it.
    pub(crate) async fn throw_group_switch(&mut self, order: &SwitchOrder<'_>) -> Result<SwitchThrown, SwitchError> {
        let here = self.scope();
        let dealerships = self.load_dealerships_of_group().await?;
        for &dealership in &dealerships {
            self.enter(Scope::of(dealership)).await?;
            if !self.find_role(order.by).await?.is_some_and(Role::switches_group) {
                return Err(SwitchError::NotOverTheWholeGroup);
            }
        }
        self.enter(here).await?;
        self.set_group_switch(order).await?;
        let mut thrown = SwitchThrown::default();
        for dealership in dealerships {
            self.enter(Scope::of(dealership)).await?;
            let leaving = self.follow_switch(order).await?;
            if dealership == here.dealership_id() {
                thrown.already_leaving = leaving;
            } else {
                // A token speaks at one dealership: what the others' customers read stays theirs.
                thrown.already_leaving_elsewhere += leaving.len();
            }
        }
        self.enter(here).await?;
        Ok(thrown)
    }

    async fn load_dealerships_of_group(&mut self) -> Result<Vec<DealershipId>, StoreError> {
        let tenant = self.tenant();
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from dealerships where group_id = (select group_id from dealerships where id = $1) order by id",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        Ok(ids.into_iter().map(DealershipId).collect())
    }

    async fn set_group_switch(&mut self, order: &SwitchOrder<'_>) -> Result<(), StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let paused = order.to == AiSwitch::Paused;
        sqlx::query(
            "insert into group_switches (group_id, ai_paused_at, paused_by, reason)
             select group_id, case when $2 then $3 end, case when $2 then $4 end, case when $2 then $5 end
             from dealerships where id = $1
             on conflict (group_id) do update set ai_paused_at = excluded.ai_paused_at, paused_by = excluded.paused_by,
                 reason = excluded.reason",
        )
        .bind(tenant)
        .bind(paused)
        .bind(sql(now))
        .bind(order.by.0)
        .bind(order.reason)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
