//! What became of a text that was sent: Twilio's status callback as a typed report.
//!
//! Values: <https://www.twilio.com/docs/messaging/api/message-resource#message-status-values>.

use forecourt_domain::delivery::DeliveryStatus;

use super::form::{FieldError, Fields, Problem};

/// One report about one sent text. Reports come in any order and more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    pub message_sid: String,
    /// What it means for us; none when Twilio says something we do not know.
    pub status: Option<DeliveryStatus>,
    /// Twilio's reason for a failure, such as 21610 (opted out) or 30007 (filtered by a carrier).
    pub error_code: Option<u32>,
    /// Twilio's own word, kept as it came.
    pub raw_status: String,
}

impl StatusReport {
    /// Reads the decoded parameters of a callback whose signature was verified.
    ///
    /// # Errors
    /// Names the field that is missing or malformed.
    pub fn parse(form: &[(String, String)]) -> Result<Self, FieldError> {
        let fields = Fields(form);
        let raw_status = fields
            .filled("MessageStatus")
            .or_else(|| fields.filled("SmsStatus"))
            .ok_or_else(|| FieldError::new("MessageStatus", Problem::Missing))?;
        Ok(Self {
            message_sid: fields.id(&["MessageSid", "SmsSid"])?,
            status: delivery_status(raw_status),
            // A reason we cannot read must not hide that the text failed.
            error_code: fields.filled("ErrorCode").and_then(|code| code.trim().parse().ok()),
            raw_status: raw_status.replace('\0', "\u{fffd}"),
        })
    }
}

/// What Twilio's word for an outgoing text means for an outbox row; none for a word we do not know.
#[must_use]
pub fn delivery_status(twilio: &str) -> Option<DeliveryStatus> {
    match twilio.trim().to_ascii_lowercase().as_str() {
        // Twilio has it and has given it an id; how far it got inside Twilio changes nothing for us.
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => Some(DeliveryStatus::Sent),
        "delivered" | "partially_delivered" => Some(DeliveryStatus::Delivered),
        "read" => Some(DeliveryStatus::Read),
        // `canceled` is a scheduled text called back at Twilio: it will not arrive.
        "failed" | "undelivered" | "canceled" => Some(DeliveryStatus::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::form::pairs;

    fn parse(form: &str) -> Result<StatusReport, FieldError> {
        StatusReport::parse(&pairs(form.as_bytes()))
    }

    #[test]
    fn every_word_of_twilio_for_an_outgoing_text_is_known() {
        let table = [
            ("accepted", "sent"),
            ("scheduled", "sent"),
            ("queued", "sent"),
            ("sending", "sent"),
            ("sent", "sent"),
            ("delivered", "delivered"),
            ("partially_delivered", "delivered"),
            ("read", "read"),
            ("undelivered", "failed"),
            ("failed", "failed"),
            ("canceled", "failed"),
        ];
        for (twilio, ours) in table {
            let report = parse(&format!("MessageSid=SM1&MessageStatus={twilio}")).unwrap();
            assert_eq!(report.status.map(DeliveryStatus::as_str), Some(ours), "{twilio}");
        }
    }

    #[test]
    fn an_unknown_word_is_kept_and_means_nothing() {
        let report = parse("MessageSid=SM1&MessageStatus=huh").unwrap();
        assert_eq!((report.status, report.raw_status.as_str()), (None, "huh"));
    }

    #[test]
    fn a_failure_carries_its_reason_if_there_is_one() {
        for (code, expected) in [("30007", Some(30007)), ("", None), ("x", None)] {
            let report = parse(&format!("ErrorCode={code}&SmsSid=SM1&SmsStatus=undelivered")).unwrap();
            assert_eq!((report.status, report.error_code), (Some(DeliveryStatus::Failed), expected));
        }
    }

    #[test]
    fn a_report_about_nothing_names_what_is_missing() {
        assert_eq!(parse("MessageStatus=sent").unwrap_err().to_string(), "the field MessageSid is missing");
        assert_eq!(parse("MessageSid=SM1").unwrap_err().to_string(), "the field MessageStatus is missing");
    }
}
