//! What the system writes to its own people. The words are fixed; a name, a dealership and a link are filled in.

use askama::Template;
use forecourt_crm_store::system::{
    credentials::Account,
    mails::{MailKind, NewMail},
};
use forecourt_domain::contact::EmailAddress;
use url::Url;

/// A mail as a page of its own: no image, no style from elsewhere.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body>
<p>Hello {{ name }},</p>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}{% if let Some(link) = link %}<p><a href="{{ link }}">{{ link }}</a></p>
{% endif %}<p>{{ end }}</p>
</body></html>
"#
)]
struct Html<'a> {
    subject: &'a str,
    name: &'a str,
    lines: &'a [String],
    link: Option<&'a str>,
    end: &'a str,
}

const END: &str = "This mail was written by Forecourt, the dealership's messaging system. Nobody reads answers to it.";

/// Somebody who gets mail.
pub struct Reader<'a> {
    pub email: &'a EmailAddress,
    pub first_name: &'a str,
}

impl<'a> From<&'a Account> for Reader<'a> {
    fn from(account: &'a Account) -> Self {
        Self { email: &account.email, first_name: &account.first_name }
    }
}

/// An invitation to work at a dealership. `has_password`: they sign in already and only accept.
#[must_use]
pub fn invitation(reader: &Reader<'_>, dealership: &str, role: &str, link: &Url, has_password: bool) -> NewMail {
    let what_next = if has_password {
        "Open this link within 7 days to accept. You keep the password you have:"
    } else {
        "Open this link within 7 days to choose your password:"
    };
    let lines = [format!("you are invited to work at {dealership} as {role}."), what_next.to_owned()];
    letter(MailKind::Invitation, reader, &format!("Your invitation to {dealership}"), &lines, Some(link))
}

/// A link to set another password.
#[must_use]
pub fn password_reset(reader: &Reader<'_>, link: &Url) -> NewMail {
    let lines = [
        "somebody, probably you, asked for a new password. Open this link within 30 minutes to choose one. It works once:"
            .to_owned(),
        "If it was not you, do nothing: your password stays as it is.".to_owned(),
    ];
    letter(MailKind::PasswordReset, reader, "Choose a new password", &lines, Some(link))
}

/// The password is another one now.
#[must_use]
pub fn password_changed(reader: &Reader<'_>) -> NewMail {
    let lines = [
        "your password was changed, and you were signed out everywhere else.".to_owned(),
        "If it was not you, ask for a new password on the sign-in page at once and tell an admin of your dealership."
            .to_owned(),
    ];
    letter(MailKind::PasswordChanged, reader, "Your password was changed", &lines, None)
}

/// Signing in asks for a code from now on.
#[must_use]
pub fn second_factor_added(reader: &Reader<'_>) -> NewMail {
    let lines = ["signing in to your account asks for a code of your authenticator app from now on.".to_owned()];
    letter(MailKind::SecondFactorAdded, reader, "Your second factor was set up", &lines, None)
}

/// Signing in asks for no code any more.
#[must_use]
pub fn second_factor_removed(reader: &Reader<'_>) -> NewMail {
    let lines = [
        "signing in to your account asks for no code any more; its recovery codes are void.".to_owned(),
        "If it was not you, change your password and tell an admin of your dealership.".to_owned(),
    ];
    letter(MailKind::SecondFactorRemoved, reader, "Your second factor was removed", &lines, None)
}

/// A refresh token was used twice.
#[must_use]
pub fn refresh_reused(reader: &Reader<'_>) -> NewMail {
    let lines = [
        "a program that is signed in as you used an old key a second time, which happens when a key is copied. That \
         sign-in was ended."
            .to_owned(),
        "If you do not know why, change your password: it ends every sign-in.".to_owned(),
    ];
    letter(MailKind::RefreshReused, reader, "A sign-in of yours was ended", &lines, None)
}

fn letter(kind: MailKind, reader: &Reader<'_>, subject: &str, lines: &[String], link: Option<&Url>) -> NewMail {
    let name = if reader.first_name.is_empty() { "there" } else { reader.first_name };
    let mut text = format!("Hello {name},\n\n");
    for line in lines {
        text.push_str(line);
        text.push_str("\n\n");
    }
    if let Some(link) = link {
        text.push_str(link.as_str());
        text.push_str("\n\n");
    }
    text.push_str(END);
    text.push('\n');
    let html = Html { subject, name, lines, link: link.map(Url::as_str), end: END };
    // Rendering fails only when memory does; the text says the same.
    let html = html.render().unwrap_or_default();
    NewMail { kind, recipient: reader.email.clone(), subject: subject.to_owned(), text, html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_dealership_is_text_in_both_forms() {
        let email: EmailAddress = "dana@test.example".parse().unwrap();
        let reader = Reader { email: &email, first_name: "Dana <b>" };
        let link: Url = "https://cars.example/console/password?token=abc".parse().unwrap();
        let mail = invitation(&reader, "Cars & <i>Co</i>", "Salesperson", &link, false);
        assert!(mail.text.contains("Cars & <i>Co</i>") && mail.text.contains(link.as_str()));
        assert!(!mail.html.contains("<i>") && !mail.html.contains("<b>"), "{}", mail.html);
        assert!(mail.html.contains(link.as_str()), "{}", mail.html);
    }
}
