//! Passwords: which ones may be chosen, and how they are kept and compared.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OnceCell, Semaphore};
use unicode_normalization::UnicodeNormalization;

/// Argon2id with 19 MiB, two passes and one lane: the least of OWASP's Password Storage Cheat Sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Code points, after normalization: NIST SP 800-63B-4 asks for at least 8 and for 64 to be taken.
pub const SHORTEST: usize = 8;
pub const LONGEST: usize = 128;
/// More bytes than 128 code points can have.
const MOST_BYTES: usize = 1024;
/// What an attacker who knows the common passwords and their usual changes tries first: a password that is among so
/// many guesses is refused. The list is the 30,000 passwords and the names and words of zxcvbn (MIT).
const FIRST_GUESSES: u64 = 1_000_000;
/// How many are hashed at the same time: each takes 19 MiB and a core.
const AT_A_TIME: usize = 4;
/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(8);

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    TooShort,
    TooLong,
    Common,
    AboutYou,
}

impl Unfit {
    /// What to do instead.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TooShort => {
                "Use at least 8 characters. A few unrelated words are easy to remember and hard to guess."
            }
            Self::TooLong => "Use at most 128 characters.",
            Self::Common => {
                "That password is among the first that are tried. Use a few unrelated words, or let your browser make one."
            }
            Self::AboutYou => "Leave your name, your e-mail address and the dealership's name out of it.",
        }
    }
}

/// Too many passwords are being hashed at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many people sign in at the same moment")]
pub struct Busy;

/// How a given password compares with the one that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub is_right: bool,
    /// It was hashed under other parameters than today's.
    pub is_outdated: bool,
}

/// Hashes and compares off the asynchronous threads, a few at a time. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Compared with where there is no account, so that its absence takes as long.
    decoy: Arc<OnceCell<SecretString>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_A_TIME)), decoy: Arc::default() }
    }
}

impl Passwords {
    /// The hash of a password, as a PHC string.
    pub async fn hash(&self, password: &SecretString) -> Result<SecretString, Busy> {
        let password = normalized(password);
        self.work(move || hash(&password)).await?.ok_or(Busy)
    }

    /// Compares a password with a hash, or with a decoy where there is none: both take the same work.
    pub async fn compare(&self, password: &SecretString, kept: Option<&SecretString>) -> Result<Verdict, Busy> {
        let password = if password.expose_secret().len() > MOST_BYTES {
            SecretString::from(String::new())
        } else {
            normalized(password)
        };
        let is_known = kept.is_some();
        let kept = match kept {
            Some(kept) => kept.clone(),
            None => self.decoy.get_or_try_init(|| self.hash_decoy()).await?.clone(),
        };
        let verdict = self.work(move || compare(&password, &kept)).await?;
        Ok(Verdict { is_right: verdict.is_right && is_known, ..verdict })
    }

    async fn hash_decoy(&self) -> Result<SecretString, Busy> {
        let random: [u8; 32] = rand::random();
        self.hash(&SecretString::from(forecourt_domain::hex::hex(&random))).await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| Busy)?.map_err(|_| Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| Busy)
    }
}

/// Whether somebody may choose a password. `about` are words that say who they are: names, address, dealership.
pub fn judge(password: &SecretString, about: &[&str]) -> Result<(), Unfit> {
    if password.expose_secret().len() > MOST_BYTES {
        return Err(Unfit::TooLong);
    }
    let normal = normalized(password);
    let normal = normal.expose_secret();
    match normal.chars().count() {
        0..SHORTEST => return Err(Unfit::TooShort),
        SHORTEST..=LONGEST => {}
        _ => return Err(Unfit::TooLong),
    }
    if is_about(normal, about) {
        return Err(Unfit::AboutYou);
    }
    if zxcvbn::zxcvbn(normal, about).guesses() < FIRST_GUESSES { Err(Unfit::Common) } else { Ok(()) }
}

/// Whether hardly anything is left of a password without the words that say whose it is.
fn is_about(password: &str, about: &[&str]) -> bool {
    let letters =
        |text: &str| text.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    let mut left = letters(password);
    let before = left.len();
    let mut words: Vec<String> = about
        .iter()
        .flat_map(|text| std::iter::once(letters(text)).chain(text.split([' ', '@', '.', '-', '_']).map(letters)))
        .filter(|word| word.chars().count() >= 3)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        left = left.replace(&word, "");
    }
    left.len() < before && left.chars().count() < SHORTEST / 2 + 1
}

/// One form for what looks and is typed the same on different keyboards (NFKC, as SP 800-63B-4 3.1.1.2 allows).
fn normalized(password: &SecretString) -> SecretString {
    SecretString::from(password.expose_secret().nfkc().collect::<String>())
}

fn argon() -> Option<Argon2<'static>> {
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?))
}

fn hash(password: &SecretString) -> Option<SecretString> {
    let hashed: PasswordHash = argon()?.hash_password(password.expose_secret().as_bytes()).ok()?;
    Some(SecretString::from(hashed.to_string()))
}

fn compare(password: &SecretString, kept: &SecretString) -> Verdict {
    let (Ok(parsed), Some(argon)) = (PasswordHash::new(kept.expose_secret()), argon()) else {
        return Verdict { is_right: false, is_outdated: true };
    };
    // The parameters of the kept hash are the ones that are used.
    let is_right = argon.verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
    let today = Params::new(MEMORY_KIB, PASSES, LANES, None).ok();
    let then = Params::try_from(&parsed).ok();
    let same = |today: &Params, then: &Params| {
        (today.m_cost(), today.t_cost(), today.p_cost()) == (then.m_cost(), then.t_cost(), then.p_cost())
    };
    let is_outdated = !today.zip(then).is_some_and(|(today, then)| same(&today, &then));
    Verdict { is_right, is_outdated }
}

/// A password for somebody who will keep it in a browser: 80 random bits in groups of letters that are not mistaken.
#[must_use]
pub fn generate() -> SecretString {
    SecretString::from(grouped_random::<16>())
}

/// `LENGTH` random letters and digits that nobody takes for another, five bits each, in groups of four.
pub(crate) fn grouped_random<const LENGTH: usize>() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let random: [u8; LENGTH] = std::array::from_fn(|_| rand::random());
    let letters: Vec<char> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    const ABOUT: [&str; 4] = ["dana.whitfield@northgate.example", "Dana", "Whitfield", "Northgate Motors"];

    #[test]
    fn a_password_is_judged_by_length_and_by_how_soon_it_is_guessed_and_by_nothing_else() {
        let digits = |seed: &str| forecourt_domain::hex::hex(&forecourt_crm_store::keys::sha256(seed.as_bytes()));
        let long = format!("{}{}", digits("one"), digits("two")).replace('a', "ä");
        let too_long = format!("{long}x");
        for (password, verdict) in [
            ("", Err(Unfit::TooShort)),
            ("xk4!t9z", Err(Unfit::TooShort)),
            // Eight bytes, but four characters.
            ("жжжж", Err(Unfit::TooShort)),
            // One ligature is three letters once it is normalized.
            ("ﬃ-zrtpQ", Ok(())),
            (&long, Ok(())),
            (&too_long, Err(Unfit::TooLong)),
            ("password", Err(Unfit::Common)),
            ("P@ssw0rd1", Err(Unfit::Common)),
            ("qwertyuiop", Err(Unfit::Common)),
            ("whitfield1", Err(Unfit::AboutYou)),
            ("dana.whitfield@northgate.example", Err(Unfit::AboutYou)),
            ("NorthgateMotors!", Err(Unfit::AboutYou)),
            // No digit, no capital, no sign: nothing of that is asked for.
            ("velvet harbor ninety otters", Ok(())),
            ("       leading and trailing spaces count   ", Ok(())),
            ("密码很长也很难猜到吧", Ok(())),
        ] {
            assert_eq!(judge(&secret(password), &ABOUT), verdict, "{password:?}");
        }
    }

    #[tokio::test]
    async fn a_hash_opens_for_its_password_only_and_for_every_way_to_type_it() {
        let passwords = Passwords::default();
        let hash = passwords.hash(&secret("café au lait, daily")).await.unwrap();
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose_secret());
        for (given, is_right) in [
            ("café au lait, daily", true),
            // The accent as a sign of its own.
            ("cafe\u{301} au lait, daily", true),
            ("cafe au lait, daily", false),
            ("Café au lait, daily", false),
            ("café au lait, daily ", false),
        ] {
            let verdict = passwords.compare(&secret(given), Some(&hash)).await.unwrap();
            assert_eq!(verdict, Verdict { is_right, is_outdated: false }, "{given}");
        }
        assert!(!passwords.compare(&secret("café au lait, daily"), None).await.unwrap().is_right);
        assert!(!passwords.compare(&secret(&"x".repeat(5000)), Some(&hash)).await.unwrap().is_right);
    }

    #[tokio::test]
    async fn a_hash_of_weaker_parameters_still_opens_and_is_told_to_be_renewed() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
        let hash: PasswordHash = weak.hash_password(b"velvet harbor ninety").unwrap();
        let verdict = Passwords::default()
            .compare(&secret("velvet harbor ninety"), Some(&secret(&hash.to_string())))
            .await
            .unwrap();
        assert_eq!(verdict, Verdict { is_right: true, is_outdated: true });
    }

    #[test]
    fn a_generated_password_may_be_chosen() {
        for _ in 0..50 {
            assert_eq!(judge(&generate(), &ABOUT), Ok(()));
        }
    }
}
