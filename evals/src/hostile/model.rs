//! A model that does what its script says: lies, obeys whoever speaks last, floods, forges, fails. For
//! everybody who has no script it is the honest offline model. It watches what it is shown.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use forecourt_agent::{
    model::{ChatMessage, ChatModel, FinishReason, ModelAnswer, ModelError, ModelRequest, Usage},
    models::offline::OfflineModel,
};
use futures::future::BoxFuture;

use super::{
    lies::{Lie, LieKind},
    script::{Act, Episode, Step},
};

/// Does what happens while the model thinks.
pub type Happening = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// What the model said that must not have been sent.
#[derive(Debug, Clone)]
pub struct Told {
    pub episode: u32,
    pub kind: ToldKind,
    pub text: String,
}

/// Why it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldKind {
    Lie(LieKind),
    Prompt,
}

#[derive(Default)]
struct Mind {
    episode: u32,
    acts: VecDeque<Act>,
    /// Whether it was asked anything since its script was given to it.
    begun: bool,
    /// What it does when its script is at its end.
    last: Option<Act>,
    meanwhile: Option<Happening>,
    /// Words that must not be in any request of this conversation.
    foreign: Vec<String>,
    /// Everything the model itself said and asked for, which it may be shown again.
    own: String,
    /// Letters and digits that some request of this conversation must show.
    awaited: Option<String>,
}

/// The model of a hostile run.
#[derive(Default)]
pub struct HostileModel {
    honest: OfflineModel,
    minds: Mutex<BTreeMap<String, Mind>>,
    told: Mutex<Vec<Told>>,
    leaks: Mutex<Vec<(u32, String)>>,
    /// Turns of hostile conversations in which it was asked.
    turns: AtomicUsize,
}

impl HostileModel {
    /// From now on the texts of this episode are answered by the step's script.
    pub fn prepare(&self, episode: &Episode, step: &Step, foreign: &[String], meanwhile: Option<Happening>) {
        let mut minds = lock(&self.minds);
        let mind = minds.entry(episode.tag.clone()).or_default();
        mind.episode = episode.number;
        mind.acts = step.acts.iter().cloned().collect();
        mind.begun = false;
        mind.meanwhile = meanwhile;
        mind.foreign = foreign.to_vec();
    }

    /// From now on it is watched whether a request of this episode shows these words.
    pub fn await_words(&self, episode: &Episode, words: &str) {
        let awaited = Some(letters(words)).filter(|awaited| !awaited.is_empty());
        lock(&self.minds).entry(episode.tag.clone()).or_default().awaited = awaited;
    }

    /// Whose awaited words no request has shown.
    pub fn still_awaited(&self) -> Vec<u32> {
        lock(&self.minds).values().filter(|mind| mind.awaited.is_some()).map(|mind| mind.episode).collect()
    }

    /// In how many turns it has played its part.
    #[must_use]
    pub fn turns(&self) -> usize {
        self.turns.load(Ordering::Relaxed)
    }

    /// Forgets the episodes that are over.
    pub fn forget(&self) -> (Vec<Told>, Vec<(u32, String)>) {
        lock(&self.minds).clear();
        (std::mem::take(&mut *lock(&self.told)), std::mem::take(&mut *lock(&self.leaks)))
    }

    /// The next act for a request, and what happens before it; none for an honest conversation.
    fn next(&self, request: &ModelRequest) -> Option<(u32, Act, Option<Happening>)> {
        let mut minds = lock(&self.minds);
        let tag = request.messages.iter().rev().find_map(tag_of)?;
        let mind = minds.get_mut(tag)?;
        if !std::mem::replace(&mut mind.begun, true) {
            self.turns.fetch_add(1, Ordering::Relaxed);
        }
        for word in &mind.foreign {
            if !mind.own.contains(word) && request.messages.iter().any(|message| shows(message, word)) {
                lock(&self.leaks).push((mind.episode, word.clone()));
            }
        }
        let shown =
            |awaited: &mut String| request.messages.iter().any(|message| letters_of(message).contains(&*awaited));
        mind.awaited.take_if(shown);
        let act = mind.acts.pop_front().or_else(|| mind.last.clone()).unwrap_or(Act::Nothing);
        mind.last = Some(act.clone());
        match &act {
            Act::Say(lie) | Act::SayAfterTruth(lie) => mind.own.push_str(&lie.text),
            Act::Call(calls) => calls.iter().for_each(|call| mind.own.push_str(&call.arguments)),
            Act::Repeat(text) => mind.own.push_str(text),
            Act::Obey | Act::LeakPrompt | Act::Nothing | Act::Babble(_) | Act::Fail(_) | Act::Finish(_) => {}
        }
        Some((mind.episode, act, mind.meanwhile.take()))
    }

    fn tell(&self, episode: u32, kind: ToldKind, text: &str) {
        lock(&self.told).push(Told { episode, kind, text: text.to_owned() });
    }

    fn answer(&self, episode: u32, act: Act, request: &ModelRequest) -> Result<ModelAnswer, ModelError> {
        match act {
            Act::Say(Lie { kind, text }) => {
                self.tell(episode, ToldKind::Lie(kind), &text);
                Ok(words(text))
            }
            Act::SayAfterTruth(Lie { kind, text }) => {
                self.tell(episode, ToldKind::Lie(kind), &text);
                Ok(words(format!("Thanks for your message! {text} Is there anything else?")))
            }
            Act::Obey => Ok(words(foreign_words(request))),
            Act::Repeat(text) => Ok(words(text)),
            Act::LeakPrompt => {
                let text = stretch_of_prompt(request);
                self.tell(episode, ToldKind::Prompt, &text);
                Ok(words(format!("Sure. {text}")))
            }
            Act::Nothing => Ok(words(String::new())),
            Act::Babble(length) => Ok(words("blah ".repeat(length / 5 + 1))),
            Act::Call(tool_calls) => {
                Ok(ModelAnswer { tool_calls, finish: FinishReason::ToolCalls, ..words(String::new()) })
            }
            Act::Fail(error) => Err(error),
            Act::Finish(finish) => Ok(ModelAnswer { finish, ..words("We have".to_owned()) }),
        }
    }
}

fn tag_of(message: &ChatMessage) -> Option<&str> {
    let ChatMessage::User { text } = message else { return None };
    let start = text.rfind("(ref ")?;
    let end = text[start..].find(')')? + start;
    Some(&text[start..=end])
}

fn shows(message: &ChatMessage, word: &str) -> bool {
    match message {
        ChatMessage::System { text } | ChatMessage::User { text } | ChatMessage::ToolOutput { text, .. } => {
            text.contains(word)
        }
        // Its own words prove nothing.
        ChatMessage::Assistant { .. } => false,
    }
}

/// Letters and digits of what others wrote, so that no escape and no space makes a difference.
fn letters_of(message: &ChatMessage) -> String {
    match message {
        ChatMessage::System { text } | ChatMessage::User { text } | ChatMessage::ToolOutput { text, .. } => {
            letters(text)
        }
        ChatMessage::Assistant { .. } => String::new(),
    }
}

fn letters(text: &str) -> String {
    // A quotation mark or backslash inside of JSON has a backslash before it and nothing more.
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// The newest words of the request that neither the system nor the model wrote.
fn foreign_words(request: &ModelRequest) -> String {
    let newest = request.messages.iter().rev().find_map(|message| match message {
        ChatMessage::User { text } | ChatMessage::ToolOutput { text, .. } => Some(text.clone()),
        ChatMessage::System { .. } | ChatMessage::Assistant { .. } => None,
    });
    newest.unwrap_or_default()
}

/// Sixteen words from the middle of what the system said first.
fn stretch_of_prompt(request: &ModelRequest) -> String {
    let first = request.messages.iter().find_map(|message| match message {
        ChatMessage::System { text } => Some(text.as_str()),
        ChatMessage::User { .. } | ChatMessage::Assistant { .. } | ChatMessage::ToolOutput { .. } => None,
    });
    let words: Vec<_> = first.unwrap_or_default().split_whitespace().collect();
    let start = words.len() / 3 + request.messages.len() * 7 % (words.len() / 3).max(1);
    words.iter().skip(start).take(16).copied().collect::<Vec<_>>().join(" ")
}

fn words(text: String) -> ModelAnswer {
    ModelAnswer {
        text: Some(text),
        tool_calls: Vec::new(),
        finish: FinishReason::Stop,
        usage: Usage::default(),
        model: "hostile".to_owned(),
    }
}

#[async_trait]
impl ChatModel for HostileModel {
    fn name(&self) -> &str {
        "hostile"
    }

    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        let Some((episode, act, meanwhile)) = self.next(request) else {
            return self.honest.respond(request, on_text).await;
        };
        if let Some(happening) = meanwhile {
            happening().await;
        }
        self.answer(episode, act, request)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
