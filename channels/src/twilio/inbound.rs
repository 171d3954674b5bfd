//! A text that came in: Twilio's message webhook as a typed message.
//!
//! Fields: <https://www.twilio.com/docs/messaging/guides/webhook-request>. Unknown ones are ignored, because Twilio
//! adds some without notice.

use forecourt_domain::{contact::E164, keywords::Keyword};
use url::Url;

use super::form::{FieldError, Fields, Problem};
use crate::sms::SmsBody;

/// One inbound text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundSms {
    /// Twilio's id of the message, the same in every redelivery.
    pub message_sid: String,
    pub account_sid: String,
    pub from: E164,
    pub to: E164,
    /// Hostile data; may be empty when there is media.
    pub body: SmsBody,
    pub media: Vec<MediaRef>,
    /// What Twilio's Advanced Opt-Out took the text for and has already acted upon, by the dealership's own keywords.
    pub opt_out_type: Option<Keyword>,
}

/// A picture or file that came with a text; still at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRef {
    pub url: Url,
    /// What Twilio says it is, such as `image/jpeg`.
    pub content_type: String,
}

impl InboundSms {
    /// Reads the decoded parameters of a webhook whose signature was verified.
    ///
    /// # Errors
    /// Names the first field that is missing or malformed. Keep the parameters then, so that nothing is lost.
    pub fn parse(form: &[(String, String)]) -> Result<Self, FieldError> {
        let fields = Fields(form);
        let media = media(fields)?;
        let body = match fields.get("Body") {
            Some(body) => body,
            None if media.is_empty() => return Err(FieldError::new("Body", Problem::Missing)),
            None => "",
        };
        Ok(Self {
            message_sid: fields.id(&["MessageSid", "SmsMessageSid", "SmsSid"])?,
            account_sid: fields.id(&["AccountSid"])?,
            from: number(fields, "From", "FromCountry")?,
            to: number(fields, "To", "ToCountry")?,
            body: SmsBody::new(body),
            media,
            opt_out_type: fields.get("OptOutType").and_then(opt_out_type),
        })
    }
}

fn media(fields: Fields<'_>) -> Result<Vec<MediaRef>, FieldError> {
    (0..fields.count("NumMedia", 0)?).map(|index| media_ref(fields, index)).collect()
}

fn media_ref(fields: Fields<'_>, index: u32) -> Result<MediaRef, FieldError> {
    let name = format!("MediaUrl{index}");
    let Some(text) = fields.filled(&name) else { return Err(FieldError::new(name, Problem::Missing)) };
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    let Some(url) = url else { return Err(FieldError::new(name, Problem::NotAUrl)) };
    let content_type = fields.filled(&format!("MediaContentType{index}")).unwrap_or("application/octet-stream");
    Ok(MediaRef { url, content_type: content_type.to_owned() })
}

/// A value we do not know is no reason to lose the text: the words themselves are still read for keywords.
fn opt_out_type(text: &str) -> Option<Keyword> {
    text.trim().to_lowercase().parse().ok()
}

/// Reads a number in E.164. Without its `+` (lost in a query, where it means a space) it is read as one of `country`.
fn number(fields: Fields<'_>, field: &'static str, country: &str) -> Result<E164, FieldError> {
    let text = fields.filled(field).ok_or_else(|| FieldError::new(field, Problem::Missing))?.trim();
    let bare_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if let Ok(number) = text.parse() {
        Ok(number)
    } else if bare_digits && text.len() <= 6 {
        Err(FieldError::new(field, Problem::ShortCode))
    } else if text.contains(':') {
        Err(FieldError::new(field, Problem::OtherChannel))
    } else if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        Err(FieldError::new(field, Problem::AlphanumericSender))
    } else {
        let country = fields.filled(country).filter(|_| bare_digits);
        let read = country.and_then(|country| E164::parse_local(text, country).ok());
        read.ok_or_else(|| FieldError::new(field, Problem::NotAPhoneNumber))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::form::pairs;

    const FORM: &str =
        "MessageSid=SM1&AccountSid=AC1&From=%2B17205550101&To=%2B17205550100&Body=Hola+%C2%BFest%C3%A1%3F";

    /// The form above with some fields put before it (the first of a repeated field counts) and some taken away.
    fn parse(first: &str, without: &[&str]) -> Result<InboundSms, FieldError> {
        let mut form = pairs(format!("{first}&{FORM}").as_bytes());
        form.retain(|(name, _)| !without.contains(&name.as_str()));
        InboundSms::parse(&form)
    }

    #[test]
    fn a_text_is_read_with_everything_twilio_says_of_it() {
        let extra = "NumMedia=2&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2Fm%2F1&MediaContentType0=image%2Fjpeg\
                     &MediaUrl1=https%3A%2F%2Fapi.twilio.com%2Fm%2F2&OptOutType=STOP";
        let sms = parse(extra, &[]).unwrap();
        assert_eq!((sms.message_sid.as_str(), sms.account_sid.as_str()), ("SM1", "AC1"));
        assert_eq!((sms.from.as_str(), sms.to.as_str()), ("+17205550101", "+17205550100"));
        assert_eq!(sms.body.as_str(), "Hola ¿está?");
        assert_eq!(sms.opt_out_type, Some(Keyword::Stop));
        let kinds: Vec<_> = sms.media.iter().map(|media| media.content_type.as_str()).collect();
        assert_eq!(kinds, ["image/jpeg", "application/octet-stream"]);
    }

    #[test]
    fn what_is_optional_may_be_missing() {
        let sms = parse("OptOutType=NEW&SmsMessageSid=SM2", &["MessageSid"]).unwrap();
        assert_eq!((sms.message_sid.as_str(), sms.opt_out_type, sms.media), ("SM2", None, Vec::new()));
        let picture = parse("NumMedia=1&MediaUrl0=https://a.example/1", &["Body"]).unwrap();
        assert_eq!(picture.body.as_str(), "");
    }

    #[test]
    fn a_malformed_form_is_an_error_that_names_the_field() {
        let table = [
            ("", "MessageSid", "MessageSid is missing"),
            ("", "AccountSid", "AccountSid is missing"),
            ("", "From", "From is missing"),
            ("", "To", "To is missing"),
            ("", "Body", "Body is missing"),
            ("From=", "", "From is missing"),
            ("From=63975", "", "From is a short code, which no reply can be sent to"),
            ("From=SUMMIT", "", "From is a name, which no reply can be sent to"),
            ("From=whatsapp:%2B14133881111", "", "From belongs to another channel than SMS"),
            ("From=%2B0000", "", "From is not a phone number"),
            ("From=7815550142", "", "From is not a phone number"),
            ("To=messenger:1", "", "To belongs to another channel than SMS"),
            ("MessageSid=a%00b", "", "MessageSid is not an id"),
            ("AccountSid=../../x", "", "AccountSid is not an id"),
            ("NumMedia=many", "", "NumMedia is not a count"),
            ("NumMedia=-1", "", "NumMedia is not a count"),
            ("NumMedia=4294967295", "", "MediaUrl0 is missing"),
            ("NumMedia=1&MediaUrl0=javascript:1", "", "MediaUrl0 is not a URL of the web"),
            ("NumMedia=2&MediaUrl0=https://a.example", "", "MediaUrl1 is missing"),
        ];
        for (first, without, expected) in table {
            let error = parse(first, &[without]).unwrap_err();
            assert_eq!(error.to_string(), format!("the field {expected}"), "{first} -{without}");
        }
    }

    #[test]
    fn a_number_that_lost_its_plus_is_read_in_its_country() {
        for digits in ["7815550142", "+17815550142", "17815550142"] {
            let sms = parse(&format!("FromCountry=US&From={digits}"), &[]).unwrap();
            assert_eq!(sms.from.as_str(), "+17815550142", "{digits}");
        }
    }

    #[test]
    fn neither_words_nor_numbers_reach_a_log_by_debug() {
        let shown = format!("{:?}", parse("", &[]).unwrap());
        assert!(!shown.contains("Hola") && !shown.contains("5550101"), "{shown}");
    }

    #[test]
    fn a_body_that_a_database_could_not_hold_is_made_to_fit() {
        assert_eq!(parse("Body=a%00b%FF", &[]).unwrap().body.as_str(), "a\u{fffd}b\u{fffd}");
    }
}
