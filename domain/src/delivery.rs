//! Where an outgoing message stands. A status only ever moves forward.

text_enum! {
    /// The life of an outbox row.
    pub enum DeliveryStatus {
        /// Waiting for a worker.
        Queued = "queued",
        /// Kept back by a switch, a policy or a human.
        Held = "held",
        /// An attempt was committed; the provider's answer is not stored yet.
        Sending = "sending",
        /// The provider took it and gave it an id.
        Sent = "sent",
        /// No provider is configured: shown on the simulated phone, not sent.
        Simulated = "simulated",
        Delivered = "delivered",
        Read = "read",
        /// The provider refused it or gave up.
        Failed = "failed",
        /// A human, a takeover or a STOP ended it before any attempt.
        Cancelled = "cancelled",
        /// Nobody can say whether it left; a human is told.
        Unknown = "unknown",
    }
}

impl DeliveryStatus {
    /// Whether a report of `next` moves a row in this status forward.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        self.rank() < next.rank() && !matches!(self, Self::Cancelled | Self::Failed)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Held => 0,
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Unknown => 3,
            Self::Sent | Self::Simulated => 4,
            Self::Failed | Self::Cancelled => 5,
            Self::Delivered => 6,
            Self::Read => 7,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_report_never_moves_a_message_back() {
        assert!(DeliveryStatus::Sent.may_become(DeliveryStatus::Delivered));
        assert!(!DeliveryStatus::Delivered.may_become(DeliveryStatus::Sent));
        assert!(!DeliveryStatus::Delivered.may_become(DeliveryStatus::Failed));
        assert!(DeliveryStatus::Unknown.may_become(DeliveryStatus::Sent));
        assert!(!DeliveryStatus::Failed.may_become(DeliveryStatus::Delivered));
    }
}
