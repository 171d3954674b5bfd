//! How long and how nested a dealership's source may be: Cedar reads nested text by recursion, which
//! ends the process when the stack does, and its validator passes what it had no stack to look into.

use crate::PolicyError;

/// Keep a decision fast and a page readable.
const MAX_BYTES: usize = 32 * 1024;
const MAX_POLICIES: usize = 100;

/// Brackets inside each other. In a debug build 20 fit on the stack of a thread (2 MiB), 50 do not.
const MAX_DEPTH: usize = 10;

/// Operators and brackets of one policy. Each may nest without a bracket around it, as in
/// `a && b && …`, `a.b.c…`, `if … else if …` and `when { … } when { … }`.
const MAX_OPERATORS: usize = 60;

/// Refuses a source that is too much to be read at all. INVARIANT: runs before anything parses it.
pub(crate) fn check_source(text: &str) -> Result<(), PolicyError> {
    if text.len() > MAX_BYTES {
        return Err(too_long());
    }
    let code = without_strings_and_comments(text);
    if depth(&code) > MAX_DEPTH || code.split(';').map(operators).any(|count| count > MAX_OPERATORS) {
        return Err(PolicyError::TooNested { max_depth: MAX_DEPTH, max_operators: MAX_OPERATORS });
    }
    Ok(())
}

/// Refuses more policies than a decision should ask.
pub(crate) const fn check_count(policies: usize) -> Result<(), PolicyError> {
    if policies > MAX_POLICIES { Err(too_long()) } else { Ok(()) }
}

const fn too_long() -> PolicyError {
    PolicyError::TooLong { max_bytes: MAX_BYTES, max_policies: MAX_POLICIES }
}

/// The text as Cedar's tokens see it: strings end at an unescaped quote, comments at a line break.
fn without_strings_and_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' => while rest.next().is_some_and(|inside| escaped(inside, &mut rest) || inside != '"') {},
            '/' if rest.peek() == Some(&'/') => {
                while rest.next_if(|inside| !matches!(inside, '\n' | '\r')).is_some() {}
                code.push('\n');
            }
            other => code.push(other),
        }
    }
    code
}

/// Whether `inside` is a backslash, together with the character after it, which it takes away.
fn escaped(inside: char, rest: &mut impl Iterator<Item = char>) -> bool {
    inside == '\\' && rest.next().is_some()
}

/// The most brackets that are open at once. One that does not match closes nothing.
fn depth(code: &str) -> usize {
    let mut open = Vec::new();
    let mut deepest = 0;
    for next in code.chars() {
        match next {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            other if open.last() == Some(&other) => drop(open.pop()),
            _ => {}
        }
        deepest = deepest.max(open.len());
    }
    deepest
}

fn operators(policy: &str) -> usize {
    let marks = policy.matches(['(', '[', '{', '.', '!', '+', '-', '*']).count();
    let pairs = policy.matches("&&").count() + policy.matches("||").count();
    let ifs = policy.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| *word == "if").count();
    marks + pairs + ifs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_hide_nothing_that_cedar_reads_and_show_nothing_that_it_does_not() {
        for (text, code) in [
            (r#"a "((" b"#, "a  b"),
            (r#"a "\"((" b"#, "a  b"),
            (r#"a "\\" ("#, "a  ("),
            ("a // ((\n(", "a \n\n("),
            ("a // ((\r(", "a \n\r("),
            (r#"a "// " ("#, "a  ("),
            (
                r#"a // "
("#,
                "a \n\n(",
            ),
            (r#"a / ("#, "a / ("),
        ] {
            assert_eq!(without_strings_and_comments(text), code, "{text}");
        }
    }

    #[test]
    fn a_bracket_that_does_not_match_closes_nothing() {
        assert_eq!(depth("([{}])()"), 3);
        assert_eq!(depth("(])(]"), 1);
        assert_eq!(depth("(](](]"), 3);
    }

    #[test]
    fn every_way_to_nest_counts() {
        assert_eq!(operators("when {a && b || !c} when [x.y(1)] if iffy + -z * 1"), 11);
    }
}
