//! The phone of an installation without a provider: texts are shown in the console and sent to nobody.

use async_trait::async_trait;
use forecourt_domain::delivery::DeliveryStatus;

use crate::sms::{FoundSms, LookupError, OutboundSms, SendError, SentSearch, SentSms, SmsProvider};

/// Takes every text and sends none; its status says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct SimulatedPhone;

#[async_trait]
impl SmsProvider for SimulatedPhone {
    async fn send(&self, _sms: &OutboundSms) -> Result<SentSms, SendError> {
        Ok(SentSms { sid: None, status: DeliveryStatus::Simulated })
    }

    async fn find_sent(&self, _search: &SentSearch) -> Result<Vec<FoundSms>, LookupError> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::SmsBody;

    #[tokio::test]
    async fn a_simulated_text_says_that_it_was_not_sent() {
        let sms = OutboundSms {
            from: "+17205550100".parse().unwrap(),
            to: "+17205550101".parse().unwrap(),
            body: SmsBody::new("hello"),
            status_callback: "https://example.com/s".parse().unwrap(),
        };
        let sent = SimulatedPhone.send(&sms).await.unwrap();
        assert_eq!(sent, SentSms { sid: None, status: DeliveryStatus::Simulated });
    }
}
