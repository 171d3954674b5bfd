//! What an action came to, told at the top of the answer.

use crate::http::{
    api::{conversations::TakeoverResponse, replies::ReplyResponse},
    problem::Problem,
};

/// How a notice is meant. Said by its icon and words too, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    /// Done, and something needs attention.
    Mind,
    Bad,
}

impl Tone {
    /// The name under which the style sheet knows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Mind => "warn",
            Self::Bad => "bad",
        }
    }

    /// The icon that says it.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Good => "check",
            Self::Mind | Self::Bad => "alert",
        }
    }
}

/// A sentence about what was done or refused, and words it speaks of.
#[derive(Debug, Clone)]
pub struct Notice {
    pub tone: Tone,
    pub title: String,
    /// A label and the words, which may be a customer's or the model's.
    pub lines: Vec<(&'static str, String)>,
}

impl Notice {
    /// A notice of one sentence.
    #[must_use]
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self { tone, title: title.into(), lines: Vec::new() }
    }

    /// Why something was not done.
    #[must_use]
    pub fn refused(problem: &Problem) -> Self {
        let detail = problem.detail().map(|detail| format!(" {detail}")).unwrap_or_default();
        Self::new(Tone::Bad, format!("{}{detail}", problem.title()))
    }

    /// What a reply did beside being queued.
    #[must_use]
    pub fn replied(sent: &ReplyResponse, assistant: &str, owned_before: bool) -> Self {
        let told = if owned_before {
            "Your reply is on its way.".to_owned()
        } else {
            format!(
                "You have taken over. Your reply is on its way, and {assistant} stays silent here until you hand back."
            )
        };
        let mut notice = Self::new(if sent.already_leaving.is_empty() { Tone::Good } else { Tone::Mind }, told);
        notice.add_texts(&sent.already_leaving, "1 message was already leaving", "These messages were already leaving");
        notice.add_texts(&sent.cancelled, "1 waiting message was stopped", "These waiting messages were stopped");
        notice
    }

    /// What taking a conversation over found on its way.
    #[must_use]
    pub fn taken_over(takeover: &TakeoverResponse, told: String) -> Self {
        let tone = if takeover.already_leaving.is_empty() { Tone::Good } else { Tone::Mind };
        let mut notice = Self::new(tone, told);
        notice.add_texts(
            &takeover.already_leaving,
            "1 message was already leaving",
            "These messages were already leaving",
        );
        notice.add_texts(&takeover.cancelled, "1 waiting message was stopped", "These waiting messages were stopped");
        notice
    }

    fn add_texts(&mut self, texts: &[String], one: &'static str, many: &'static str) {
        let label = if texts.len() == 1 { one } else { many };
        self.lines.extend(texts.iter().map(|text| (label, text.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_takeover_names_what_was_already_leaving() {
        let sent = ReplyResponse {
            message_id: uuid::Uuid::nil(),
            already_leaving: vec!["Yes, it is here.".to_owned()],
            cancelled: Vec::new(),
        };
        let notice = Notice::replied(&sent, "Madison", false);
        assert!(notice.title.starts_with("You have taken over."), "{}", notice.title);
        assert_eq!(notice.lines, [("1 message was already leaving", "Yes, it is here.".to_owned())]);
        assert_eq!(notice.tone, Tone::Mind);
    }
}
