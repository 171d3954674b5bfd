//! Where somebody who signed in stands now: at work in a role, before a choice, or before a closed door. It is asked
//! anew for every request, so that whatever is taken from somebody is gone with the commit that takes it.

use forecourt_domain::{
    ids::{DealershipId, UserId},
    scope::Scope,
    staff::Role,
};
use uuid::Uuid;

use super::tokens::TokenHolder;
use crate::{Store, StoreError};

/// Where a signed-in user stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    Working(TokenHolder),
    /// No dealership was chosen, or the one that was is theirs no more.
    Choosing,
    /// The dealership is suspended.
    Suspended {
        dealership: String,
    },
}

impl Store {
    /// Where a user stands who signed in and chose `dealership`, perhaps on a visit there.
    pub(super) async fn find_whereabouts(
        &self,
        user_id: UserId,
        dealership: Option<Uuid>,
        visit: Option<Uuid>,
    ) -> Result<Whereabouts, StoreError> {
        let Some(dealership) = dealership else { return Ok(Whereabouts::Choosing) };
        let (name, suspended): (String, bool) =
            sqlx::query_as("select name, suspended_at is not null from dealerships where id = $1")
                .bind(dealership)
                .fetch_one(&self.pool)
                .await?;
        let scope = Scope::of(DealershipId(dealership));
        let mut tx = self.begin(scope).await?;
        let holder = match visit {
            None => tx.find_role(user_id).await?.map(|role| TokenHolder { user_id, scope, role }),
            Some(visit) => match tx.find_open_visit(visit, user_id).await? {
                None => None,
                // In their own name, a visitor may only look: whatever people do is tied to who works there.
                Some(None) => Some(TokenHolder { user_id, scope: scope.entered_by(user_id), role: Role::Viewer }),
                Some(Some(other)) => tx.find_role(other).await?.map(|role| TokenHolder {
                    user_id: other,
                    scope: scope.entered_by(user_id),
                    role,
                }),
            },
        };
        Ok(match holder {
            Some(_) if suspended && visit.is_none() => Whereabouts::Suspended { dealership: name },
            Some(holder) => Whereabouts::Working(holder),
            None => Whereabouts::Choosing,
        })
    }
}
