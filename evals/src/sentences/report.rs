//! The score of all sentences, by kind and in whole.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::{Sentence, Taken, take};

/// How one kind of sentences went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    pub right: usize,
    pub to_a_human: usize,
    pub wrong: usize,
}

impl Score {
    const fn of(self) -> usize {
        self.right + self.to_a_human + self.wrong
    }

    fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.of().max(1) as f64
    }
}

/// Every sentence that went otherwise, and the scores.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SentencesReport {
    pub kinds: BTreeMap<String, Score>,
    pub all: Score,
    pub failures: Vec<String>,
    /// Calls that changed something nobody had asked for.
    pub wrong_effects: Vec<String>,
    /// What final words stated without a source.
    pub invented: Vec<String>,
}

impl SentencesReport {
    /// How many of a hundred were right.
    #[must_use]
    pub fn percent(&self) -> f64 {
        self.all.percent()
    }
}

/// Asks the offline model every sentence.
///
/// # Errors
/// When the model itself fails.
pub async fn score(sentences: &[Sentence]) -> anyhow::Result<SentencesReport> {
    let mut report = SentencesReport::default();
    for sentence in sentences {
        let turn = take(sentence).await?;
        let taken = turn.taken;
        report.wrong_effects.extend(turn.wrong_effects.iter().map(|call| format!("{} {call}", sentence.id)));
        report.invented.extend(turn.invented.iter().map(|what| format!("{} {what:?}", sentence.id)));
        let kind = report.kinds.entry(sentence.kind.clone()).or_default();
        for score in [kind, &mut report.all] {
            match &taken {
                Taken::Right => score.right += 1,
                Taken::ToAHuman => score.to_a_human += 1,
                Taken::Wrong(_) => score.wrong += 1,
            }
        }
        let failure = match taken {
            Taken::Right => continue,
            Taken::ToAHuman => "asked a human".to_owned(),
            Taken::Wrong(instead) => instead,
        };
        report.failures.push(format!("{} {:?}: {failure}", sentence.id, sentence.text));
    }
    Ok(report)
}

impl fmt::Display for SentencesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20}{:>7}{:>7}{:>10}{:>7}", "kind", "of", "right", "to human", "wrong")?;
        let all = ("all".to_owned(), self.all);
        for (kind, score) in self.kinds.iter().chain([(&all.0, &all.1)]) {
            writeln!(f, "{kind:<20}{:>7}{:>7}{:>10}{:>7}", score.of(), score.right, score.to_a_human, score.wrong)?;
        }
        if !self.failures.is_empty() {
            writeln!(f, "\n{}\n", self.failures.join("\n"))?;
        }
        write!(f, "{:.1} % right", self.percent())
    }
}
