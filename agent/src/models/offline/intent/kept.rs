//! What is to stay as it is: "…, leave the test drive where it is", "… but keep the other one".

use super::super::{cues::visits::KEPT, phrase::has_any, words};

/// `said` without the clauses that only say which appointment stays; all of it where nothing else is said.
pub(super) fn without_kept(said: &str) -> String {
    let clauses = clauses(said);
    let stays = |clause: &&str| has_any(&words::read(clause), KEPT);
    if !clauses.iter().any(stays) {
        return said.to_owned();
    }
    let acting: Vec<&str> = clauses.iter().filter(|clause| !stays(clause)).copied().collect();
    if acting.iter().all(|clause| clause.trim().is_empty()) { said.to_owned() } else { acting.concat() }
}

/// The clauses of a text, each with the sign or word it ends with.
fn clauses(said: &str) -> Vec<&str> {
    const JOINTS: &[&str] = &[" but ", " and ", " n ", " & ", " just "];
    let lower = said.to_ascii_lowercase();
    let mut ends: Vec<usize> = JOINTS.iter().flat_map(|joint| lower.match_indices(joint).map(|(at, _)| at)).collect();
    let letters: Vec<(usize, char)> = said.char_indices().collect();
    for pair in letters.windows(2) {
        let [(_, sign), (after, next)] = pair else { continue };
        if matches!(sign, ',' | '.' | ';' | '!' | '?' | '\n' | '-') && next.is_whitespace() {
            ends.push(*after);
        }
    }
    ends.push(said.len());
    ends.sort_unstable();
    let mut start = 0;
    let mut clauses = Vec::new();
    for end in ends {
        clauses.extend(said.get(start..end).filter(|clause| !clause.is_empty()));
        start = end;
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_left_out_of_what_is_asked() {
        let cases = [
            ("move my oil change to 9:15, leave the test drive where it is", "move my oil change to 9:15,"),
            ("keep the test drive but move service to 8am", " but move service to 8am"),
            ("cancel tomorrow and keep monday", "cancel tomorrow"),
            ("cant make the test drive but the service is still on", "cant make the test drive"),
            ("pls cancel the service appt. ill keep the other one", "pls cancel the service appt."),
            ("don't touch the service one, just cancel the test drive", " just cancel the test drive"),
            ("keep my appointment", "keep my appointment"),
            ("i leave work at 5, can we do 6?", "i leave work at 5, can we do 6?"),
        ];
        for (said, acting) in cases {
            assert_eq!(without_kept(said).trim_start_matches(' '), acting.trim_start_matches(' '), "{said}");
        }
    }
}
