//! What a file is, by what it holds; and whether its name says something else.

/// How names say what they are: the extension, the type that goes with it, and what may be found.
const KINDS: &[(&str, &str, &[&str])] = &[
    ("pdf", "application/pdf", &["application/pdf"]),
    ("png", "image/png", &["image/png"]),
    ("jpg", "image/jpeg", &["image/jpeg"]),
    ("jpeg", "image/jpeg", &["image/jpeg"]),
    ("gif", "image/gif", &["image/gif"]),
    ("webp", "image/webp", &["image/webp"]),
    ("bmp", "image/bmp", &["image/bmp"]),
    ("tif", "image/tiff", &["image/tiff"]),
    ("tiff", "image/tiff", &["image/tiff"]),
    ("heic", "image/heif", &["image/heif", "video/mp4"]),
    ("zip", "application/zip", &["application/zip"]),
    ("gz", "application/gzip", &["application/gzip"]),
    ("7z", "application/x-7z-compressed", &["application/x-7z-compressed"]),
    ("docx", DOCX, &[DOCX, "application/zip"]),
    ("xlsx", XLSX, &[XLSX, "application/zip"]),
    ("pptx", PPTX, &[PPTX, "application/zip"]),
    ("odt", ODT, &[ODT, "application/zip"]),
    ("ods", ODS, &[ODS, "application/zip"]),
    ("odp", ODP, &[ODP, "application/zip"]),
    ("doc", "application/msword", OLE),
    ("xls", "application/vnd.ms-excel", OLE),
    ("ppt", "application/vnd.ms-powerpoint", OLE),
    ("msg", "application/vnd.ms-outlook", OLE),
    ("rtf", "application/rtf", &["application/rtf"]),
    ("txt", "text/plain", TEXT),
    ("log", "text/plain", TEXT),
    ("md", "text/markdown", TEXT),
    ("csv", "text/csv", TEXT),
    ("json", "application/json", TEXT),
    ("yaml", "application/yaml", TEXT),
    ("yml", "application/yaml", TEXT),
    ("xml", "text/xml", TEXT),
    ("html", "text/html", TEXT),
    ("htm", "text/html", TEXT),
    ("svg", "image/svg+xml", TEXT),
    ("ics", "text/calendar", TEXT),
    ("eml", "message/rfc822", TEXT),
];

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";
const OLE: &[&str] = &[
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/x-ole-storage",
];
const TEXT: &[&str] = &["text/plain", "text/html", "text/xml", "text/x-shellscript", EMPTY];
/// Of a file without content.
const EMPTY: &str = "application/x-empty";
const UNKNOWN: &str = "application/octet-stream";

/// A file is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file is called .{extension}, and what it holds is {found}: call it what it is")]
pub struct Lie {
    pub extension: String,
    pub found: &'static str,
}

/// The type of a file that begins so. A name that has no kind is believed nothing.
pub fn media_type(name: &str, head: &[u8]) -> Result<&'static str, Lie> {
    let found = found(head);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    match KINDS.iter().find(|(known, _, _)| *known == extension) {
        None => Ok(found),
        Some((_, said, holds)) if holds.contains(&found) => Ok(said),
        Some(_) => Err(Lie { extension, found }),
    }
}

fn found(head: &[u8]) -> &'static str {
    match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if head.is_empty() => EMPTY,
        None if is_text(head) => "text/plain",
        None => UNKNOWN,
    }
}

/// Text of whatever encoding has no control characters but those of layout; UTF-16 has its mark.
fn is_text(head: &[u8]) -> bool {
    let is_utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let is_layout = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    is_utf16 || head.iter().all(|byte| !byte.is_ascii_control() || is_layout(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_holds_counts() {
        for (name, head, kind) in [
            ("a.pdf", b"%PDF-1.7\n".as_slice(), "application/pdf"),
            ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("a.txt", b"plain text\n", "text/plain"),
            ("a.csv", b"a,b\n1,2\n", "text/csv"),
            ("a.txt", b"caf\xe9 in Latin-1", "text/plain"),
            ("a.docx", b"PK\x03\x04 anything", DOCX),
            ("a.unheard-of", b"%PDF-1.7\n", "application/pdf"),
            ("none", b"\x00\x01\x02", UNKNOWN),
            ("empty.txt", b"", "text/plain"),
            ("page", b"<!DOCTYPE html><script>", "text/html"),
        ] {
            assert_eq!(media_type(name, head), Ok(kind), "{name}");
        }
    }

    #[test]
    fn a_lie_is_told() {
        for (name, head, found) in [
            (
                "invoice.pdf",
                b"MZ\x90\x00".as_slice(),
                "application/vnd.microsoft.portable-executable",
            ),
            ("photo.PNG", b"<html><script>alert(1)</script>", "text/html"),
            ("photo.jpg", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("notes.txt", b"\x1f\x8b\x08\x00\x00", "application/gzip"),
            ("plan.docx", b"%PDF-1.7\n", "application/pdf"),
            ("table.csv", b"\x00\x01", UNKNOWN),
            ("empty.pdf", b"", EMPTY),
        ] {
            assert_eq!(media_type(name, head).unwrap_err().found, found, "{name}");
        }
    }
}
