//! Who somebody is: passwords, second factors, sign-in, access tokens, and the mail that carries links.

pub mod access_token;
pub mod address;
pub mod inviting;
pub mod letters;
pub mod mailer;
pub mod passwords;
pub mod recovery;
pub mod second_factor;
pub mod signing_in;

use std::{net::IpAddr, sync::Arc};

pub use mailer::Mailer;
pub use passwords::Passwords;

/// What signing people in works with. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Identity {
    pub passwords: Passwords,
    pub mailer: Arc<Mailer>,
    /// The proxies whose word on a client's address is taken.
    pub trusted_proxies: Arc<[IpAddr]>,
}

impl Identity {
    /// One that sends its mail through `mailer` and stands behind these proxies.
    #[must_use]
    pub fn new(mailer: Mailer, trusted_proxies: &[IpAddr]) -> Self {
        Self { passwords: Passwords::default(), mailer: Arc::new(mailer), trusted_proxies: trusted_proxies.into() }
    }
}
