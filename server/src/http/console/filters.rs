//! What templates can say beside values: icons and the URLs of files.

use askama::filters::HtmlSafe;
use std::fmt;

use super::assets;

/// An icon of the sprite. Decoration: the words beside it say the same.
#[derive(Debug, Clone, Copy)]
pub struct Icon<'a>(&'a str);

impl fmt::Display for Icon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>"#,
            assets::url("icons.svg"),
            self.0
        )
    }
}

/// Names of icons are written in templates only.
impl HtmlSafe for Icon<'_> {}

/// `{{ "send"|icon }}`: the icon of that name.
#[askama::filter_fn]
pub fn icon<'a>(name: &'a str, _: &dyn askama::Values) -> askama::Result<Icon<'a>> {
    Ok(Icon(name))
}

/// `{{ "console.css"|asset }}`: the URL of a file of the console.
#[askama::filter_fn]
pub fn asset(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(assets::url(name))
}
