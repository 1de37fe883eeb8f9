//! A file on its way out: to be kept by whoever asked, and never to be run or shown in their name.

use std::fmt::Write;

use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use futures_util::Stream;

use super::FilesError;

/// What a browser shows and does not run, were it ever to show it.
const HARMLESS: [&str; 12] = [
    "application/pdf",
    "application/zip",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
];

/// The answer with a file in it.
pub fn download(
    (name, media_type, bytes): (&str, &str, u64),
    content: impl Stream<Item = Result<Bytes, FilesError>> + Send + 'static,
) -> Response {
    let mut response = Response::new(Body::from_stream(content));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(served_as(media_type)));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    if let Ok(value) = HeaderValue::try_from(disposition(name)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let sandbox = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
    headers.insert(CONTENT_SECURITY_POLICY, sandbox);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

fn served_as(media_type: &str) -> &'static str {
    match HARMLESS.iter().find(|harmless| **harmless == media_type) {
        Some(harmless) => harmless,
        // Also a page, a picture that holds scripts, and a script itself.
        None if media_type.starts_with("text/") => "text/plain; charset=utf-8",
        None => "application/octet-stream",
    }
}

/// RFC 6266, with the name as RFC 8187 writes it.
fn disposition(name: &str) -> String {
    let plain = |one: char| if one.is_ascii_graphic() || one == ' ' { one } else { '_' };
    let ascii: String = name.chars().map(plain).filter(|one| !"\"\\%".contains(*one)).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_served_as_what_a_browser_runs() {
        for media_type in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"] {
            let served = served_as(media_type);
            let harmless = ["text/plain; charset=utf-8", "application/octet-stream"];
            assert!(harmless.contains(&served), "{media_type}: {served}");
        }
        assert_eq!(served_as("image/png"), "image/png");
    }

    #[test]
    fn a_name_cannot_end_its_header() {
        assert_eq!(
            disposition("Ü\"; x=\"y.pdf"),
            "attachment; filename=\"_; x=y.pdf\"; filename*=UTF-8''%C3%9C%22%3B%20x%3D%22y.pdf"
        );
    }
}
