//! A customer's text as words: lower case, contractions and shorthand spelled out, sentence ends kept.

use forecourt_domain::search::fold;

use super::wordlists::SHORTHAND;

/// What the customer wrote after a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    None,
    Comma,
    Sentence,
    Question,
}

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case, without accents and punctuation, one meaning per spelling.
    pub(super) text: String,
    /// As it was written; empty for the second half of a contraction.
    pub(super) raw: String,
    /// Whether a hyphen ties it to the word before: the `30k` of `25-30k`.
    pub(super) tied: bool,
    pub(super) stop: Stop,
}

impl Word {
    /// Whether a sentence ends after this word.
    pub(super) fn ends_sentence(&self) -> bool {
        matches!(self.stop, Stop::Sentence | Stop::Question)
    }

    /// Whether this word is one of `options`.
    pub(super) fn is_any(&self, options: &[&str]) -> bool {
        options.contains(&self.text.as_str())
    }

    /// The whole number this word is, in digits.
    pub(super) fn number(&self) -> Option<i64> {
        self.text.parse().ok().filter(|_| self.text.len() <= 9)
    }
}

/// Longer texts are cut here: nobody's question starts after it, and every step is linear in it.
const MAX_WORDS: usize = 600;

/// The words of `text` in order.
pub(super) fn read(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for line in text.lines() {
        for chunk in line.split_whitespace() {
            read_chunk(&straighten(chunk), &mut words);
        }
        raise_stop(&mut words, Stop::Sentence);
        if words.len() >= MAX_WORDS {
            break;
        }
    }
    words.truncate(MAX_WORDS);
    words
}

/// After these words a lone `#` is a phone number, after others the sign before a stock number.
const COUNTS_PHONES: &[&str] = &[
    "phone",
    "contact",
    "cell",
    "office",
    "service",
    "parts",
    "sales",
    "department",
    "call",
    "the",
    "your",
    "what",
    "ph",
];

/// Typographic quotes and dashes as the plain ones.
fn straighten(chunk: &str) -> String {
    chunk
        .chars()
        .map(|letter| match letter {
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '`' | '\u{b4}' => '\'',
            '\u{2010}'..='\u{2015}' => '-',
            other => other,
        })
        .collect()
}

fn read_chunk(chunk: &str, words: &mut Vec<Word>) {
    let body = chunk.trim_start_matches(|c: char| !c.is_alphanumeric() && !"$#@<>~'+".contains(c));
    let core = body.trim_end_matches(|c: char| !c.is_alphanumeric() && !"+%$#@".contains(c));
    let stop = stop_of(&body[core.len()..]);
    if core == "#" && words.last().is_some_and(|last| last.stop == Stop::None && last.is_any(COUNTS_PHONES)) {
        push(words, "number", chunk, false);
        return;
    }
    if core.is_empty() {
        if let Some(word) = emoji_word(chunk) {
            push(words, word, chunk, false);
        }
        raise_stop(words, stop_of(chunk));
        return;
    }
    let lower = core.to_lowercase();
    let dotted_half_day = ["a.m", "p.m"].iter().any(|ending| lower.trim_end_matches('.').ends_with(ending));
    if is_address(&lower) || is_slash_date(&lower) {
        push(words, &lower, core, false);
    } else if dotted_half_day {
        read_pieces(&core.replace('.', ""), words);
    } else {
        read_pieces(core, words);
    }
    // The dot of `p.m.` and of a title ends no sentence.
    let dotted = dotted_half_day || matches!(lower.as_str(), "mr" | "mrs" | "ms" | "dr" | "st");
    let stop = if dotted && stop == Stop::Sentence { Stop::None } else { stop };
    raise_stop(words, stop);
}

fn stop_of(trailing: &str) -> Stop {
    if trailing.contains('?') {
        Stop::Question
    } else if trailing.contains(['.', '!', ';', '\u{2026}']) {
        Stop::Sentence
    } else if trailing.contains([',', ':', '-']) {
        Stop::Comma
    } else {
        Stop::None
    }
}

fn raise_stop(words: &mut [Word], stop: Stop) {
    if let Some(last) = words.last_mut()
        && (last.stop == Stop::None || (last.stop == Stop::Comma && stop != Stop::None))
    {
        last.stop = stop;
    }
}

fn emoji_word(chunk: &str) -> Option<&'static str> {
    if chunk.contains(['\u{1f44d}', '\u{1f44c}', '\u{2705}', '\u{1f197}']) {
        Some("yes")
    } else if chunk.contains(['\u{1f64f}', '\u{2764}', '\u{1f60a}']) {
        Some("thanks")
    } else {
        None
    }
}

fn is_address(lower: &str) -> bool {
    let mail = lower.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    mail || lower.starts_with("http") || lower.starts_with("www.")
}

fn is_slash_date(lower: &str) -> bool {
    let parts: Vec<_> = lower.split('/').collect();
    matches!(parts.len(), 2 | 3)
        && parts.iter().all(|part| matches!(part.len(), 1..=4) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Splits at hyphens, slashes and signs; digits keep their inner `.`, `,`, `:`.
fn read_pieces(core: &str, words: &mut Vec<Word>) {
    let letters: Vec<char> = core.chars().collect();
    let mut piece = String::new();
    let mut tied = false;
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|previous| letters.get(previous)).copied();
        let after = letters.get(index + 1).copied();
        match letter {
            '$' => {
                if piece.is_empty() && after.is_some_and(|c| c.is_ascii_digit()) {
                    piece.push('$');
                } else {
                    flush(&mut piece, &mut tied, words);
                }
            }
            '%' if before.is_some_and(|c| c.is_ascii_digit()) => piece.push('%'),
            ',' if between_digits(before, after) && is_thousands(&letters[index + 1..]) => {}
            '.' | ':' if between_digits(before, after) => piece.push(letter),
            '\'' => piece.push('\''),
            letter if letter.is_alphanumeric() => piece.push(letter),
            sign => {
                let number_before = piece.chars().any(|c| c.is_ascii_digit());
                let with = sign == '/' && piece.eq_ignore_ascii_case("w");
                if with {
                    piece = "with".to_owned();
                }
                flush(&mut piece, &mut tied, words);
                tied = sign == '-' && !words.is_empty() && before.is_some();
                if !with && let Some(word) = sign_word(sign, number_before, after) {
                    push(words, word, word, false);
                }
            }
        }
    }
    flush(&mut piece, &mut tied, words);
}

fn sign_word(sign: char, number_before: bool, after: Option<char>) -> Option<&'static str> {
    match sign {
        '#' => Some("#"),
        '<' => Some("under"),
        '>' => Some("over"),
        '~' => Some("about"),
        '@' => Some("at"),
        '+' if number_before => Some("+"),
        '&' | '+' => Some("and"),
        '/' if number_before && after.is_some_and(char::is_alphabetic) => Some("per"),
        _ => None,
    }
}

fn between_digits(before: Option<char>, after: Option<char>) -> bool {
    [before, after].iter().all(|side| side.is_some_and(|c| c.is_ascii_digit()))
}

fn is_thousands(rest: &[char]) -> bool {
    rest.iter().take_while(|c| c.is_ascii_digit()).count() == 3
}

fn flush(piece: &mut String, tied: &mut bool, words: &mut Vec<Word>) {
    if piece.is_empty() {
        return;
    }
    let raw = std::mem::take(piece);
    let lower = raw.to_lowercase();
    let tie = std::mem::take(tied);
    let spelled = spell_out(&lower);
    for (index, part) in spelled.split(' ').enumerate() {
        push(words, part, if index == 0 { raw.trim_matches('\'') } else { "" }, tie && index == 0);
    }
}

fn push(words: &mut Vec<Word>, text: &str, raw: &str, tied: bool) {
    let keep_signs = text.starts_with('$') || text.contains(['@', '/', ':', '.', '%', '#', '+']);
    let text = if keep_signs { text.to_owned() } else { fold(text) };
    if !text.is_empty() {
        words.push(Word { text, raw: raw.to_owned(), tied, stop: Stop::None });
    }
}

/// A contraction or a shorthand as the words it stands for.
fn spell_out(lower: &str) -> String {
    if let Some(digits) = lower.strip_prefix('\'')
        && digits.len() == 2
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return format!("20{digits}");
    }
    let lower = lower.trim_matches('\'');
    if let Some(spelled) = SHORTHAND.get(lower) {
        return (*spelled).to_owned();
    }
    match lower.rsplit_once('\'') {
        Some((verb, "t")) => format!("{} not", verb.strip_suffix('n').unwrap_or(verb)),
        Some((head, "m")) => format!("{head} am"),
        Some((head, "re")) => format!("{head} are"),
        Some((head, "ll")) => format!("{head} will"),
        Some((head, "ve")) => format!("{head} have"),
        Some((head, "d")) => format!("{head} would"),
        Some((head, "s")) if IS_AFTER.contains(&head) => format!("{head} is"),
        Some((head, "s")) => head.to_owned(),
        _ => lower.to_owned(),
    }
}

/// After these words `'s` is "is"; after all others it shows whose something is.
const IS_AFTER: &[&str] =
    &["it", "that", "what", "where", "when", "who", "how", "there", "here", "name", "this", "he", "she", "which"];

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn contractions_and_shorthand_are_spelled_out() {
        assert_eq!(texts("What's ur addy?"), ["what", "is", "your", "address"]);
        assert_eq!(texts("I can’t make it, won't work"), ["i", "can", "not", "make", "it", "will", "not", "work"]);
        assert_eq!(texts("Ann's '21 CX-5"), ["ann", "2021", "cx", "5"]);
    }

    #[test]
    fn figures_keep_what_makes_them_figures() {
        assert_eq!(texts("$25,000-30,000"), ["$25000", "30000"]);
        assert_eq!(
            texts("$400/mo @ 3:30 p.m. <30k 2021+"),
            ["$400", "per", "month", "at", "3:30", "pm", "under", "30k", "2021", "+"]
        );
        assert_eq!(texts("11/28, w/heated seats"), ["11/28", "with", "heated", "seats"]);
        assert!(read("25-30k")[1].tied);
    }

    #[test]
    fn sentences_end_where_the_customer_ended_them() {
        let words = read("Hi! Open Sunday? yes, thanks\nbye");
        let stops: Vec<_> = words.iter().map(|word| word.stop).collect();
        use Stop::*;
        assert_eq!(stops, [Sentence, None, Question, Comma, Sentence, Sentence]);
    }

    #[test]
    fn a_thumb_is_a_yes_and_other_signs_are_nothing() {
        assert_eq!(texts("👍"), ["yes"]);
        assert!(texts("?? ... 🚗").is_empty());
    }
}
