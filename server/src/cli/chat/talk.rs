//! The conversation in the terminal: lines in, answers out, in the order they are said.

use std::{collections::HashSet, io::IsTerminal, process::ExitCode, time::Duration};

use forecourt_crm_store::{Store, answering::Answering, conversations::ThreadMessage};
use forecourt_domain::{
    conversation::{Author, Direction},
    delivery::DeliveryStatus,
    ids::MessageId,
    scope::Scope,
};
use jiff::SignedDuration;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Stdin},
    time::{Instant, MissedTickBehavior},
};

use super::phone::Phone;
use crate::{cli::out, instance::Instance};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the thread is looked at.
const POLL: Duration = Duration::from_millis(100);
/// A turn that is due later than this is not waited for.
const SOON: SignedDuration = SignedDuration::from_secs(30);
/// How many messages of the thread are looked at.
const LATEST: i64 = 50;

pub(super) struct Talk {
    store: Store,
    scope: Scope,
    phone: Phone,
    dealership: String,
    assistant: String,
    seen: HashSet<MessageId>,
    /// Whether a person types, who sees what they type and may be answered between two lines.
    interactive: bool,
    all_answered: bool,
}

/// What waiting for an answer came to.
enum Waited {
    Answered,
    /// Nothing was said, and nothing will be; why.
    Silent(String),
    TooLong,
}

impl Talk {
    /// Begins after whatever was said before.
    pub async fn begin(instance: &Instance, scope: Scope, dealership: &str, phone: Phone) -> anyhow::Result<Self> {
        let mut tx = instance.store.begin(scope).await?;
        let assistant = tx.load_profile().await?.settings.assistant_name;
        tx.commit().await?;
        let mut talk = Self {
            store: instance.store.clone(),
            scope,
            phone,
            dealership: dealership.to_owned(),
            assistant,
            seen: HashSet::new(),
            interactive: std::io::stdin().is_terminal(),
            all_answered: true,
        };
        talk.seen = talk.thread().await?.into_iter().map(|message| message.id).collect();
        Ok(talk)
    }

    /// Talks until the input ends. Fails in the end if a line was not answered in time.
    pub async fn run(mut self) -> anyhow::Result<ExitCode> {
        self.greet();
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Some(line) = self.next_line(&mut lines).await? {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if !self.interactive {
                out(&format!("You: {line}"));
            }
            self.phone.text(line).await?;
            match self.wait_for_answer().await? {
                Waited::Answered => {}
                Waited::Silent(why) => hint(&format!("(no answer: {why})")),
                Waited::TooLong => {
                    self.all_answered = false;
                    hint(&format!("(no answer after {} seconds; it may still come)", PATIENCE.as_secs()));
                }
            }
        }
        Ok(if self.all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn greet(&self) {
        let sent =
            if self.phone.is_simulated() { "Answers appear here and are not sent." } else { "Answers are sent." };
        hint(&format!("You are {}, texting {} at {}. {sent}", self.phone.from, self.dealership, self.phone.to));
        if self.interactive {
            hint("Type a text and press Enter; Ctrl-D ends.");
        }
    }

    /// The next line of input. Meanwhile a person of the dealership may write by hand.
    async fn next_line(&mut self, lines: &mut tokio::io::Lines<BufReader<Stdin>>) -> anyhow::Result<Option<String>> {
        if !self.interactive {
            return Ok(lines.next_line().await?);
        }
        let mut tick = tokio::time::interval(5 * POLL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        prompt();
        loop {
            tokio::select! {
                line = lines.next_line() => return Ok(line?),
                _ = tick.tick() => {
                    let news = self.take_news().await?;
                    if !news.is_empty() {
                        erase_prompt();
                        news.iter().for_each(|line| out(line));
                        prompt();
                    }
                }
            }
        }
    }

    async fn wait_for_answer(&mut self) -> anyhow::Result<Waited> {
        let asked = Instant::now();
        let mut answered = false;
        loop {
            let answering = self.answering().await?;
            let over = answering.as_ref().is_none_or(Answering::is_over);
            for line in self.take_news().await? {
                out(&line);
                answered = true;
            }
            let deferred = answering.as_ref().and_then(|it| it.turn_due_at).filter(|at| *at > self.store.now() + SOON);
            if answered && over {
                return Ok(Waited::Answered);
            } else if let Some(at) = deferred {
                return Ok(Waited::Silent(format!("the turn waits until {at}")));
            } else if over {
                return Ok(Waited::Silent(answering.map_or_else(|| "the text was not stored".to_owned(), why_silent)));
            } else if asked.elapsed() > PATIENCE {
                return Ok(Waited::TooLong);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// What has been said to the customer since the last time.
    async fn take_news(&mut self) -> anyhow::Result<Vec<String>> {
        let mut news = Vec::new();
        for message in self.thread().await? {
            let is_news = message.direction == Direction::Outbound && is_settled(message.delivery);
            if is_news && self.seen.insert(message.id) {
                news.push(format!("{}: {}{}", self.speaker(&message), message.text, fate(&message)));
            }
        }
        Ok(news)
    }

    fn speaker<'a>(&'a self, message: &'a ThreadMessage) -> &'a str {
        match message.author {
            Author::Assistant => &self.assistant,
            Author::User | Author::UserViaAssistant => message.author_name.as_deref().unwrap_or(&self.dealership),
            Author::System | Author::Customer => &self.dealership,
        }
    }

    async fn answering(&self) -> anyhow::Result<Option<Answering>> {
        let mut tx = self.store.begin(self.scope).await?;
        Ok(tx.find_answering(self.phone.from.as_str()).await?)
    }

    async fn thread(&self) -> anyhow::Result<Vec<ThreadMessage>> {
        let mut tx = self.store.begin(self.scope).await?;
        Ok(match tx.find_conversation_by_phone(self.phone.from.as_str()).await? {
            Some(id) => tx.load_thread(id, LATEST).await?,
            None => Vec::new(),
        })
    }
}

/// Whether it is known what becomes of a message. One without delivery is of the past.
const fn is_settled(delivery: Option<DeliveryStatus>) -> bool {
    !matches!(delivery, Some(DeliveryStatus::Queued | DeliveryStatus::Sending))
}

/// What became of a message, where that is not simply "sent".
fn fate(message: &ThreadMessage) -> String {
    let reason = message.delivery_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match message.delivery {
        Some(DeliveryStatus::Simulated) => "  [simulated, not sent]".to_owned(),
        Some(DeliveryStatus::Held) => format!("  [held{reason}]"),
        Some(DeliveryStatus::Failed | DeliveryStatus::Cancelled) => format!("  [not sent{reason}]"),
        Some(DeliveryStatus::Unknown) => "  [nobody knows whether it was sent]".to_owned(),
        Some(
            DeliveryStatus::Sent
            | DeliveryStatus::Delivered
            | DeliveryStatus::Read
            | DeliveryStatus::Queued
            | DeliveryStatus::Sending,
        )
        | None => String::new(),
    }
}

fn why_silent(answering: Answering) -> String {
    if answering.opted_out {
        "this number has opted out; START takes it back".to_owned()
    } else if let Some(owner) = answering.owner {
        format!("{owner} answers this conversation, not the assistant")
    } else {
        format!("the turn ended as {}", answering.last_outcome.as_deref().unwrap_or("nothing to do"))
    }
}

/// What is no part of the conversation.
fn hint(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn prompt() {
    use std::io::Write;
    let _ = write!(std::io::stderr(), "> ").and_then(|()| std::io::stderr().flush());
}

/// What comes in while somebody types stands in the prompt's place.
fn erase_prompt() {
    use std::io::Write;
    let _ = write!(std::io::stderr(), "\r").and_then(|()| std::io::stderr().flush());
}
