//! Files: cached for ever under the URL of their content, and small enough for a phone in the lot.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::desk::desk;

/// What a first visit may load, compressed.
const BUDGET: usize = 130 * 1024;

#[tokio::test]
async fn a_file_is_kept_for_ever_under_its_own_version_only() {
    let desk = desk([]).await;
    let page = desk.get_signed_out("/console").await;
    let url = page.value_after(r#"<link rel="stylesheet" href=""#);
    let file = desk.get_signed_out(&url).await;
    assert_eq!(file.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    let old = desk.get_signed_out("/console/assets/0123456789abcdef/console.css").await;
    assert_eq!(old.headers[header::CACHE_CONTROL], "no-cache");
    for path in ["/console/assets/x/nothing.css", "/console/assets/x/README.md", "/console/assets/x/..%2Fsecret.css"] {
        assert_eq!(desk.get_signed_out(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_first_visit_is_small() {
    let desk = desk([]).await;
    let page = desk.get(&desk.manager, "/console").await;
    let folder = page.value_after(r#"<link rel="icon" href=""#).replace("icon.svg", "");
    let named = [
        "oat.min.css",
        "console.css",
        "theme.js",
        "console.js",
        "htmx-sse.min.js",
        "icons.svg",
        "icon.svg",
        "inter-latin.woff2",
    ];
    let mut paths: Vec<_> = named.iter().map(|name| format!("{folder}{name}")).collect();
    paths.push("/console".to_owned());
    let mut total = 0;
    for path in paths {
        let request = Request::get(&path)
            .header(header::ACCEPT_ENCODING, "gzip")
            .header(header::COOKIE, crate::desk::cookie(&desk.manager))
            .body(Body::empty())
            .unwrap();
        let answer = desk.answer(request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        total += axum::body::to_bytes(answer.into_body(), BUDGET).await.unwrap().len();
    }
    assert!(total < BUDGET, "a first visit loads {total} bytes");
    println!("a first visit loads {total} bytes");
}
