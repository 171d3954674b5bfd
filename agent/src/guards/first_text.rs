//! The fixed lines of a first text: who writes, for whom, that it is a machine, how to stop.

use forecourt_domain::{
    action::Channel,
    language::{Language, Reading},
};

use super::{
    GuardContext,
    disclosure::{names_dealership, says_how_to_stop, says_it_is_ai},
    text::plain,
};

/// How to opt out of texts. The word stays as carriers and our own keyword handling know it.
const fn opt_out_line(language: Language) -> &'static str {
    match language {
        Language::English => "Reply STOP to opt out.",
        Language::Spanish => "Responda STOP para cancelar.",
        Language::French => "Répondez STOP pour vous désabonner.",
    }
}

/// Who writes, and that it is a machine.
fn introduction(language: Language, context: &GuardContext) -> String {
    let (assistant, dealership) = (context.assistant_name, context.dealership_name);
    match language {
        Language::English => format!("This is {assistant}, the AI assistant of {dealership}."),
        Language::Spanish => format!("Soy {assistant}, el asistente de IA de {dealership}."),
        Language::French => format!("Ici {assistant}, l'assistant IA de {dealership}."),
    }
}

/// `text` with what a first message must say and it does not yet: who writes at its head and, by
/// SMS, how to stop at its end, in the language of the text. Any other message comes back as it is.
///
/// The runtime calls this before the guards, so that disclosure never depends on the model.
#[must_use]
pub fn with_disclosure(text: &str, context: &GuardContext) -> String {
    if !context.first_message {
        return text.to_owned();
    }
    let read = plain(text);
    let language = match Language::read(&read) {
        Reading::In(language) => language,
        Reading::Foreign | Reading::Unclear => Language::of_writer(context.customer_said.iter().map(String::as_str)),
    };
    let sms = context.channel == Channel::Sms;
    let unnamed = sms && !names_dealership(&read, context);
    let head = (!says_it_is_ai(&read) || unnamed).then(|| introduction(language, context));
    let tail = (sms && !says_how_to_stop(&read)).then(|| opt_out_line(language).to_owned());
    let parts: Vec<String> =
        head.into_iter().chain([text.trim().to_owned()]).chain(tail).filter(|part| !part.is_empty()).collect();
    parts.join(if context.channel == Channel::Email { "\n\n" } else { " " })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    fn first(text: &str, channel: Channel) -> String {
        without_evidence(|context| with_disclosure(text, &GuardContext { channel, first_message: true, ..*context }))
    }

    #[test]
    fn a_first_text_gets_what_it_lacks_and_nothing_twice() {
        for (text, channel, whole) in [
            (
                "How can I help?",
                Channel::Sms,
                "This is Ava, the AI assistant of Northgate Motors. How can I help? Reply STOP to opt out.",
            ),
            (
                "I'm Ava, an AI assistant at Northgate Motors.",
                Channel::Sms,
                "I'm Ava, an AI assistant at Northgate Motors. Reply STOP to opt out.",
            ),
            ("How can I help?", Channel::WebChat, "This is Ava, the AI assistant of Northgate Motors. How can I help?"),
            (
                "¿En qué le puedo ayudar?",
                Channel::Sms,
                "Soy Ava, el asistente de IA de Northgate Motors. ¿En qué le puedo ayudar? Responda STOP para cancelar.",
            ),
            (
                "Que puis-je faire pour vous ?",
                Channel::Sms,
                "Ici Ava, l'assistant IA de Northgate Motors. Que puis-je faire pour vous ? Répondez STOP pour vous \
                 désabonner.",
            ),
            ("Hello Ann", Channel::Email, "This is Ava, the AI assistant of Northgate Motors.\n\nHello Ann"),
            ("I'm an AI assistant.", Channel::WebChat, "I'm an AI assistant."),
        ] {
            assert_eq!(first(text, channel), whole);
            assert_eq!(first(&first(text, channel), channel), whole);
        }
    }

    #[test]
    fn a_later_text_stays_as_it_is() {
        without_evidence(|context| assert_eq!(with_disclosure(" Sure! ", context), " Sure! "));
    }
}
