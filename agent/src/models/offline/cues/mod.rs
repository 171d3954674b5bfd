//! The phrases by which each intent is recognised, as patterns of [`super::phrase`].
//!
//! They are data: a customer's turn of phrase that was missed is added here, with a sentence in
//! `testdata`. A pattern is as narrow as it can be and still catch its kind, because the first
//! intent that claims a text usually keeps it.

/// Declares lists of patterns and `ALL` of them, from which the spelling correction learns words.
macro_rules! cues {
    ($($(#[$meta:meta])* $name:ident = [$($pattern:literal),+ $(,)?];)+) => {
        $($(#[$meta])* pub(in super::super) const $name: &[&str] = &[$($pattern),+];)+
        /// Every list of this file.
        pub(super) const ALL: &[&[&str]] = &[$($name),+];
    };
}

pub(super) mod courtesy;
pub(super) mod dealership;
pub(super) mod handoff;
pub(super) mod people;
pub(super) mod vehicles;
pub(super) mod visits;

/// Every pattern there is.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    [courtesy::ALL, dealership::ALL, handoff::ALL, people::ALL, vehicles::ALL, visits::ALL]
        .into_iter()
        .flatten()
        .copied()
        .flatten()
        .copied()
}
