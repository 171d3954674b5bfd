//! The fixed answers to STOP, HELP and START; no model is asked.

use forecourt_crm_store::dealership::DealershipProfile;
use forecourt_domain::{keywords::Keyword, language::Language};
use forecourt_prompts::{FixedContext, FixedText};

/// What is answered to a keyword, in the dealership's name and the language of the text it came in:
/// "ALTO" is answered in Spanish, "STOP" in English.
#[must_use]
pub fn keyword_answer(profile: &DealershipProfile, keyword: Keyword, said: &str) -> String {
    let context = FixedContext {
        assistant_name: profile.settings.assistant_name.clone(),
        dealership_name: profile.name.clone(),
        dealership_phone: profile.settings.phone.clone(),
    };
    let text = match keyword {
        Keyword::Stop => FixedText::StopConfirmation,
        Keyword::Help => FixedText::Help,
        Keyword::Start => FixedText::StartConfirmation,
    };
    text.render(Language::of_writer(std::iter::once(said)), &context)
}
