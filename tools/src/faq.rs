//! Which of the dealership's answers fit a question: by the words they share and by nearness.

use std::collections::HashMap;

use forecourt_crm_store::{CrmTx, StoreError, embeddings::EmbeddedKind, knowledge::KnowledgeEntry};
use uuid::Uuid;

use crate::{embedder::QueryVector, features::canonical_terms, names::is_typo};

/// How many answers are given at most.
const MOST_ANSWERS: usize = 2;
/// The share of a question's telling words that an answer must share when nothing else speaks for it.
const ENOUGH_WORDS: f64 = 0.5;
/// A second answer must be nearly as good as the first.
const NEARLY: f64 = 0.7;

/// Words that stand in any question.
const FILLERS: [&str; 57] = [
    "a", "about", "am", "an", "and", "any", "are", "at", "be", "by", "can", "could", "did", "do", "does", "doe", "for",
    "from", "get", "guy", "have", "ha", "how", "i", "if", "in", "is", "it", "like", "long", "me", "much", "my", "need",
    "of", "offer", "on", "or", "our", "please", "should", "that", "the", "there", "thi", "to", "we", "what", "when",
    "where", "which", "who", "will", "with", "would", "you", "your",
];

/// The answers that fit, best first.
pub(crate) async fn find_answers(
    tx: &mut CrmTx,
    question: &str,
    vector: Option<&QueryVector>,
) -> Result<Vec<KnowledgeEntry>, StoreError> {
    let entries = tx.load_knowledge().await?;
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id.0).collect();
    let cosines = match vector {
        Some(query) if !ids.is_empty() => tx.load_similarities(EmbeddedKind::Knowledge, &query.embedding, &ids).await?,
        _ => HashMap::new(),
    };
    let related_from = vector.map_or(f64::INFINITY, |query| query.related_from);
    Ok(rank(question, entries, &cosines, related_from))
}

fn rank(
    question: &str,
    entries: Vec<KnowledgeEntry>,
    cosines: &HashMap<Uuid, f64>,
    related_from: f64,
) -> Vec<KnowledgeEntry> {
    let asked = telling_words(question);
    let texts: Vec<Vec<String>> = entries.iter().map(|entry| telling_words(&entry.search_text())).collect();
    let rarity: HashMap<&String, f64> = asked.iter().map(|word| (word, rarity(word, &texts))).collect();
    let total: f64 = rarity.values().sum();
    let mut scored: Vec<(f64, KnowledgeEntry)> = entries
        .into_iter()
        .zip(&texts)
        .filter_map(|(entry, words)| {
            let has = |asked: &String| words.iter().any(|word| word == asked || is_typo(asked, word));
            let met: f64 = rarity.iter().filter(|(asked, _)| has(asked)).map(|(_, rarity)| rarity).sum();
            let share = if total > 0.0 { met / total } else { 0.0 };
            let cosine = cosines.get(&entry.id.0).copied().unwrap_or(0.0);
            let fits = share >= ENOUGH_WORDS || (cosine >= related_from && share > 0.0);
            fits.then_some((share + cosine, entry))
        })
        .collect();
    scored.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.id.cmp(&right.id)));
    let enough = scored.first().map_or(0.0, |(best, _)| best * NEARLY);
    scored.into_iter().take_while(|(score, _)| *score >= enough).take(MOST_ANSWERS).map(|(_, entry)| entry).collect()
}

fn telling_words(text: &str) -> Vec<String> {
    let mut words = canonical_terms(text);
    words.retain(|word| !FILLERS.contains(&word.as_str()));
    words
}

/// A word that few answers have tells more than one that many have; one that none has tells most.
fn rarity(word: &String, texts: &[Vec<String>]) -> f64 {
    let count = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
    let having = texts.iter().filter(|words| words.contains(word)).count();
    (1.0 + count(texts.len()) / (1.0 + count(having))).ln()
}

#[cfg(test)]
mod tests {
    use forecourt_domain::ids::{KnowledgeEntryId, generate};
    use jiff::Timestamp;

    use super::*;
    use crate::{HashedNgrams, embedder::Embedder};

    const ENTRIES: [(&str, &str, &str); 7] = [
        (
            "financing",
            "Do you offer financing?",
            "Yes, our finance team works with many lenders. Ask us for a credit application.",
        ),
        ("trade-in", "Do you take trade-ins?", "Yes. Bring your car and its title; we appraise it in 20 minutes."),
        ("deposit", "Can I put a deposit on a car?", "A refundable deposit of $500 holds a vehicle for 48 hours."),
        ("warranty", "Do used cars come with a warranty?", "Certified vehicles carry a 7-year powertrain warranty."),
        ("delivery", "Do you deliver?", "We deliver within 50 miles at no charge."),
        (
            "service",
            "Do I need an appointment for an oil change?",
            "No, express oil changes are first come, first served.",
        ),
        ("fees", "Do you charge a dealer fee?", "There is a dealer handling fee, itemised on every offer."),
    ];

    async fn answer(question: &str) -> Vec<String> {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let entries: Vec<KnowledgeEntry> = ENTRIES
            .map(|(topic, question, answer)| KnowledgeEntry {
                id: KnowledgeEntryId(generate(now)),
                topic: topic.to_owned(),
                question: question.to_owned(),
                answer: answer.to_owned(),
                version: 1,
            })
            .into();
        let texts: Vec<String> = entries.iter().map(KnowledgeEntry::search_text).collect();
        let vectors = HashedNgrams.embed(&texts).await.unwrap();
        let asked = HashedNgrams.embed(&[question.to_owned()]).await.unwrap().remove(0);
        let cosine = |vector: &Vec<f32>| vector.iter().zip(&asked).map(|(a, b)| f64::from(a * b)).sum();
        let cosines = entries.iter().map(|entry| entry.id.0).zip(vectors.iter().map(cosine)).collect();
        rank(question, entries, &cosines, HashedNgrams.related_from()).into_iter().map(|entry| entry.topic).collect()
    }

    #[tokio::test]
    async fn a_question_finds_its_answer_and_no_other() {
        for (question, topics) in [
            ("do you deliver", &["delivery"][..]),
            ("is there a warranty on used cars?", &["warranty"]),
            ("what fees do you charge", &["fees"]),
            ("can you hold it with a deposit", &["deposit"]),
            ("Do you take trade ins?", &["trade-in"]),
            ("do you guys do finacing", &["financing"]),
            ("oil change without appointment?", &["service"]),
            ("do you sell motorcycles", &[]),
            ("what is your wifi password", &[]),
            ("", &[]),
        ] {
            assert_eq!(answer(question).await, topics, "{question}");
        }
    }
}
