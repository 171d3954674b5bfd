//! Links by mail: invitations and forgotten passwords, and what opening one does.

use forecourt_crm_store::{
    CrmTx, Store,
    system::{
        credentials::{Account, PasswordChange},
        links::{FoundLink, Purpose},
        mails::{MailError, NewMail},
        tries::Admission,
    },
};
use forecourt_domain::{
    contact::EmailAddress,
    ids::{DepartmentId, PasswordLinkId, UserId},
    staff::Role,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    Identity, Mailer,
    address::From,
    letters::{self, Reader},
    passwords::{self, Unfit},
};
use crate::http::{console::role_in_words, problem::Problem};

/// Somebody who is to be invited.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub email: EmailAddress,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    pub department_id: Option<DepartmentId>,
}

/// What an invitation came to.
#[derive(Debug)]
pub struct Invited {
    pub id: PasswordLinkId,
    pub user_id: UserId,
    /// The link, for an operator who passes it on.
    pub link: Url,
}

/// What opening a link came to.
#[derive(Debug, Clone)]
pub enum Opened {
    /// With the account as it is now.
    Done {
        account: Box<Account>,
    },
    /// It was used, withdrawn, or its time is over.
    GoodNoMore,
    Unfit(Unfit),
}

impl std::convert::From<MailError> for Problem {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "a mail could not be stored");
                Self::try_again()
            }
        }
    }
}

/// The page that a link leads to, at the public address, whatever a request says of its host.
#[must_use]
pub fn link_to(public_url: &Url, text: &SecretString) -> Url {
    let mut url = public_url.clone();
    url.set_path("/console/password");
    url.query_pairs_mut().clear().append_pair("token", text.expose_secret());
    url
}

/// Invites somebody to the dealership of a transaction and stores the mail that says so, where somebody will read it.
/// The role was found to be one that the inviter may give.
pub async fn invite(
    tx: &mut CrmTx,
    mailer: &Mailer,
    public_url: &Url,
    person: &NewPerson,
    by: Option<UserId>,
) -> Result<Invited, Problem> {
    let user_id = tx.find_or_insert_user(&person.email, &person.first_name, &person.last_name).await?;
    if tx.find_role(user_id).await?.is_some() {
        return Err(Problem::conflict("works_here", "This person works here already."));
    }
    let dealership = tx.scope().dealership_id();
    let purpose = Purpose::Invitation { dealership, role: person.role, department: person.department_id };
    let (id, text) = tx.insert_link(user_id, purpose, by).await?;
    let has_password = tx.has_password(user_id).await?;
    let link = link_to(public_url, &text);
    let name = tx.load_profile().await?.name;
    let reader = Reader { email: &person.email, first_name: &person.first_name };
    if mailer.takes_mail() {
        tx.insert_mail(&letters::invitation(&reader, &name, role_in_words(person.role), &link, has_password)).await?;
    }
    Ok(Invited { id, user_id, link })
}

impl Identity {
    /// Mails a link to whoever forgot a password, if there is such an account. Nobody is told whether there is.
    pub async fn forgot_password(
        &self,
        store: &Store,
        public_url: &Url,
        email: &str,
        from: &From,
    ) -> Result<(), Problem> {
        let typed = email.trim().to_lowercase();
        if let Admission::Refused { .. } = store.admit_reset(&typed, &from.counted).await? {
            return Ok(());
        }
        let Ok(email) = typed.parse::<EmailAddress>() else { return Ok(()) };
        let Some(account) = store.find_account(&email).await? else { return Ok(()) };
        let Some(mut tx) = store.begin_about(account.user_id).await? else { return Ok(()) };
        let (_, text) = tx.insert_link(account.user_id, Purpose::Reset, None).await?;
        tx.insert_mail(&letters::password_reset(&Reader::from(&account), &link_to(public_url, &text))).await?;
        Ok(tx.commit().await?)
    }

    /// Opens a link with the password that its user chose; none is asked of somebody who is invited and has one. The
    /// account is the one by which it was decided what to ask for, and must be the same still.
    pub async fn open_link(
        &self,
        store: &Store,
        link: &FoundLink,
        account: &Account,
        password: Option<&SecretString>,
    ) -> Result<Opened, Problem> {
        let hash = match (asks_for_password(link, account), password) {
            (false, _) => None,
            (true, None) => return Ok(Opened::Unfit(Unfit::TooShort)),
            (true, Some(password)) => {
                if let Err(unfit) = judge(store, account, link.dealership.as_deref(), password).await? {
                    return Ok(Opened::Unfit(unfit));
                }
                Some(self.passwords.hash(password).await?)
            }
        };
        let scope = match link.purpose {
            Purpose::Invitation { dealership, .. } => Some(forecourt_domain::scope::Scope::of(dealership)),
            Purpose::Reset => None,
        };
        let tx = match scope {
            Some(scope) => Some(store.begin(scope).await?),
            None => store.begin_about(link.user_id).await?,
        };
        let Some(mut tx) = tx else { return Ok(Opened::GoodNoMore) };
        if !tx.lock_for_link(link).await? || !tx.use_link(link.id).await? {
            return Ok(Opened::GoodNoMore);
        }
        tx.require_unchanged(account).await?;
        if let Purpose::Invitation { role, department, .. } = link.purpose
            && !tx.accept_invitation(link.id, link.user_id, role, department).await?
        {
            return Ok(Opened::GoodNoMore);
        }
        let mut now = account.clone();
        if let Some(hash) = hash {
            tx.set_password(link.user_id, &hash, PasswordChange::ByLink).await?;
            if account.password_hash.is_some() {
                tx.insert_mail(&letters::password_changed(&Reader::from(account))).await?;
            }
            now.password_hash = Some(hash);
        }
        tx.commit().await?;
        Ok(Opened::Done { account: Box::new(now) })
    }

    /// Stores a notice about an account, if there is anywhere to store it.
    pub async fn notify(&self, store: &Store, user_id: UserId, mail: &NewMail) -> Result<(), Problem> {
        if let Some(mut tx) = store.begin_about(user_id).await? {
            tx.insert_mail(mail).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Whether opening a link sets a password.
#[must_use]
pub fn asks_for_password(link: &FoundLink, account: &Account) -> bool {
    link.purpose == Purpose::Reset || account.password_hash.is_none()
}

/// Whether an account may have a password; the dealerships' names say who its user is, too.
pub async fn judge(
    store: &Store,
    account: &Account,
    invited_to: Option<&str>,
    password: &SecretString,
) -> Result<Result<(), Unfit>, Problem> {
    let places = store.load_workplaces(account.user_id).await?;
    let mut about = vec![account.email.as_str(), account.first_name.as_str(), account.last_name.as_str(), "forecourt"];
    about.extend(places.iter().map(|place| place.name.as_str()));
    about.extend(invited_to);
    Ok(passwords::judge(password, &about))
}
