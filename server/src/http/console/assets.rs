//! The files that pages load: inside the binary, under a URL that changes with their content.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use forecourt_domain::hex::hex;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use super::failure::Failure;
use crate::http::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../console/assets"]
struct Own;

#[derive(RustEmbed)]
#[folder = "../console/vendor"]
struct Vendored;

/// A digest over the names and contents of all files: style sheets name their fonts without knowing
/// it, because all files share one folder.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Own::iter().chain(Vendored::iter()).collect();
    names.sort();
    let mut digest = Sha256::new();
    for name in names {
        digest.update(name.as_bytes());
        digest.update(find(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    hex(&digest.finalize()[..8])
});

/// The URL under which a file may be cached for ever.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/console/assets/{}/{name}", *VERSION)
}

fn find(name: &str) -> Option<EmbeddedFile> {
    Own::get(name).or_else(|| Vendored::get(name))
}

/// A file. Under an older version, as a page of an earlier release asks for it, it is not kept.
pub async fn serve(Path((version, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let (Some(kind), Some(file)) = (content_type(&name), find(&name)) else { return Err(Problem::not_found().into()) };
    let caching = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = file.data.into_owned().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Ok(response)
}

fn content_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    match extension {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendored_files_are_the_ones_their_list_names() {
        let list = include_str!("../../../../console/vendor/README.md");
        let files: Vec<_> = Vendored::iter().filter(|name| content_type(name).is_some()).collect();
        assert_eq!(files.len(), 4, "{files:?}");
        for name in files {
            let digest = hex(&Vendored::get(&name).unwrap().metadata.sha256_hash());
            let row = list.lines().find(|line| line.starts_with(&format!("| `{name}`")) || line.contains(&digest));
            assert!(row.is_some_and(|row| row.contains(&digest)), "{name} is {digest}");
        }
    }

    #[test]
    fn every_file_a_template_or_a_style_sheet_names_is_there() {
        for name in ["console.css", "console.js", "theme.js", "icons.svg", "icon.svg", "oat.min.css", "htmx-sse.min.js"]
        {
            assert!(find(name).is_some(), "{name}");
        }
        let css = String::from_utf8(find("console.css").unwrap().data.into_owned()).unwrap();
        for named in css.split("url(").skip(1).filter_map(|rest| rest.split_once(')').map(|(name, _)| name)) {
            assert!(find(named).is_some(), "{named}");
        }
    }
}
