//! Typed identifiers: UUID version 7, so that ids sort by the time they were made.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// The millisecond of the latest id and its running number, of 26 bits.
static LATEST: Mutex<(i64, u32)> = Mutex::new((0, 0));

/// A new UUID version 7 (RFC 9562, with a counter in its upper random bits) for the instant `now`; the
/// only place where random ids are born. Ids of one millisecond sort in the order they were made. An
/// instant of the past gives an id of the past, so that imported records sort where they belong.
#[must_use]
pub fn generate(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    let random = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds));
    let mut bytes = random.into_bytes();
    let counter = next_counter(now.as_millisecond(), u32::from_be_bytes([0, bytes[9], bytes[10], bytes[11]]));
    let [c3, c2, c1, c0] = counter.to_be_bytes();
    // 26 bits: four beside the version, eight, six beside the variant, eight.
    bytes[6] = (bytes[6] & 0xf0) | (c3 << 2) | (c2 >> 6);
    bytes[7] = (c2 << 2) | (c1 >> 6);
    bytes[8] = (bytes[8] & 0xc0) | (c1 & 0x3f);
    bytes[9] = c0;
    Uuid::from_bytes(bytes)
}

/// The smallest id of an instant: the lower bound of a range of ids that is a range of time.
#[must_use]
pub fn floor(at: Timestamp) -> Uuid {
    let milliseconds = u128::try_from(at.as_millisecond()).unwrap_or(0);
    Uuid::from_u128(milliseconds << 80)
}

/// The next number of a millisecond; a new millisecond begins at a random one of 24 bits.
fn next_counter(millisecond: i64, start: u32) -> u32 {
    let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    *latest = if latest.0 == millisecond { (millisecond, latest.1 + 1) } else { (millisecond, start) };
    latest.1
}

macro_rules! typed_ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id for the instant `now`.
            #[must_use]
            pub fn generate(now: Timestamp) -> Self {
                Self(generate(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

typed_ids! {
    GroupId, DealershipId, UserId, DepartmentId, IntegrationId, PartyId, ContactPointId, CustomerId, LeadId, VehicleId,
    AppointmentId, TaskId, ActivityId, ConversationId, MessageId, PayloadId, TurnId, StepId, ProposedActionId,
    HandoffId, OutboxId, AttemptId, AuditEntryId, JobId, KnowledgeEntryId, PolicyVersionId, SessionId, RefreshFamilyId,
    PasswordLinkId, SystemMailId, VisitId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_sort_in_the_order_they_were_made() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let made: Vec<_> = (0..1000).map(|_| MessageId::generate(now)).collect();
        assert!(made.is_sorted());
    }

    #[test]
    fn an_id_of_the_past_sorts_into_the_past() {
        let later: Timestamp = "2026-11-20T12:00:00.001Z".parse().unwrap();
        let earlier: Timestamp = "2026-11-20T12:00:00.000Z".parse().unwrap();
        let made_first = MessageId::generate(later);
        let made_second = MessageId::generate(earlier);
        assert!(made_second < made_first);
        assert_eq!(made_second.0.get_version_num(), 7);
        assert_eq!(made_second.0.get_variant(), uuid::Variant::RFC4122);
    }
}
