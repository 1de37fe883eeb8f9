//! A message of RFC 5322 as far as a ticket needs it.

use std::collections::BTreeSet;

use mail_parser::{
    Address, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType,
};

use super::automatic::Automatic;

/// A message that has so many bytes is refused, whatever a file may have.
pub const MESSAGE_BYTES_MAX: u64 = 40_000_000;
/// All headers of the message itself.
pub const HEADER_BYTES_MAX: usize = 256 * 1024;
/// Parts at most, and those that declare their type.
pub const PARTS_MAX: usize = 500;
/// Marks that part them at most, which are different ones where parts are in parts.
const MARKS_MAX: usize = 2 * PARTS_MAX;
const BOUNDARIES_MAX: usize = 20;
const SUBJECT_CHARS_MAX: usize = 200;
const TEXT_BYTES_MAX: usize = 1024 * 1024;
const IDS_MAX: usize = 50;
const ID_CHARS_MAX: usize = 500;
const ADDRESS_CHARS_MAX: usize = 254;
const TYPE: &[u8] = b"content-type";

/// Why a message is none that can be read. It is kept as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("it cannot be read")]
    Unreadable,
    #[error("it has no headers")]
    NoHeaders,
    #[error("its headers have more than {HEADER_BYTES_MAX} bytes")]
    HugeHeaders,
    #[error("it has more than {PARTS_MAX} parts")]
    TooManyParts,
    #[error("it does not say who wrote it, or names several")]
    NoSender,
    #[error("its Message-ID, From or Subject is there twice")]
    TwoHeaders,
}

/// What is brought along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub content: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// In lowercase.
    pub from: String,
    pub subject: String,
    /// Plain text, with what it quotes.
    pub text: String,
    /// Whether the text may lack something that the message has.
    pub is_doubtful: bool,
    /// What it answers: the nearest first.
    pub references: Vec<String>,
    pub attachments: Vec<Attachment>,
    /// Why nobody wrote it by hand, if so.
    pub automatic: Option<Automatic>,
    /// `Authentication-Results`, the topmost first.
    pub results: Vec<String>,
}

/// Reads a message, or says why not.
pub fn read(raw: &[u8]) -> Result<Incoming, Malformed> {
    if header_bytes(raw) > HEADER_BYTES_MAX {
        return Err(Malformed::HugeHeaders);
    }
    let flat = flattened(raw)?;
    let message = MessageParser::default().parse(&flat).ok_or(Malformed::NoHeaders)?;
    if message.headers().is_empty() {
        return Err(Malformed::NoHeaders);
    }
    if message.parts.len() > PARTS_MAX {
        return Err(Malformed::TooManyParts);
    }
    for name in [HeaderName::MessageId, HeaderName::From, HeaderName::Subject] {
        if message.headers().iter().filter(|header| header.name == name).count() > 1 {
            return Err(Malformed::TwoHeaders);
        }
    }
    let from = sender(&message).ok_or(Malformed::NoSender)?;
    let text = text(&message);
    let is_doubtful = text.is_empty() || message.parts.iter().any(|part| part.is_encoding_problem);
    Ok(Incoming {
        message_id: message.message_id().and_then(id),
        from,
        subject: line(message.subject().unwrap_or_default(), SUBJECT_CHARS_MAX),
        text,
        is_doubtful,
        references: references(&message),
        attachments: attachments(&message),
        automatic: Automatic::of(|name| raw_headers(&message, name)),
        results: raw_headers(&message, "Authentication-Results"),
    })
}

/// Up to the first empty line.
fn header_bytes(raw: &[u8]) -> usize {
    let mut start = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line == b"\n" || line == b"\r\n" || start > HEADER_BYTES_MAX {
            break;
        }
        start += line.len();
    }
    start
}

/// The message with each part that would be a message of its own called otherwise, so that the
/// parser leaves it as it is: it would go as deep as somebody had nested them. A part needs to say
/// nothing of itself: what parts them is counted, too, before there is something for each.
fn flattened(raw: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut flat = raw.to_vec();
    let (mut at, mut parts, mut boundaries) = (0, 0, BTreeSet::new());
    while let Some(found) = find(&flat, TYPE, at) {
        at = found + TYPE.len();
        let colon = flat.get(at..).unwrap_or_default().iter().position(|byte| !is_blank(*byte));
        let colon = colon.map_or(at, |skipped| at + skipped);
        if flat.get(colon) != Some(&b':') {
            continue;
        }
        parts += 1;
        if parts > PARTS_MAX {
            return Err(Malformed::TooManyParts);
        }
        let end = field_end(&flat, colon);
        let field = flat.get_mut(colon..end).unwrap_or_default();
        boundaries.extend(boundary(field));
        if boundaries.len() > BOUNDARIES_MAX {
            return Err(Malformed::TooManyParts);
        }
        for kind in [b"message".as_slice(), b"digest"] {
            let mut from = 0;
            while let Some(found) = find(field, kind, from) {
                if let Some(first) = field.get_mut(found) {
                    *first = b'x';
                }
                from = found + kind.len();
            }
        }
        at = end;
    }
    let marks = marks(&flat, &boundaries).take(MARKS_MAX + 1).count();
    if marks > MARKS_MAX { Err(Malformed::TooManyParts) } else { Ok(flat) }
}

/// What parts the parts of a field that declares a type, as the parser understands it.
fn boundary(field: &[u8]) -> Option<Vec<u8>> {
    let header = [TYPE, field, b"\n\n"].concat();
    let message = MessageParser::default().parse_headers(&header)?;
    let boundary = message.content_type()?.attribute("boundary")?;
    (!boundary.is_empty()).then(|| boundary.as_bytes().to_vec())
}

/// Where parts may begin or end: anywhere in a line, as the parser has it.
fn marks<'a>(
    bytes: &'a [u8],
    boundaries: &'a BTreeSet<Vec<u8>>,
) -> impl Iterator<Item = usize> + 'a {
    let dashes = bytes.windows(2).enumerate().filter(|(_, two)| *two == b"--");
    let rests = dashes.map(|(at, _)| (at, bytes.get(at + 2..).unwrap_or_default()));
    let is_mark = |rest: &[u8]| boundaries.iter().any(|boundary| rest.starts_with(boundary));
    rests.filter(move |(_, rest)| is_mark(rest)).map(|(at, _)| at)
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Where a header field ends: at a line that is not folded into it.
fn field_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let mut ends = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let end = ends.find(|(at, _)| !rest.get(at + 1).is_some_and(|next| is_blank(*next)));
    end.map_or(bytes.len(), |(at, _)| start + at)
}

/// Where a text begins in bytes, in whatever case, from a place on.
fn find(bytes: &[u8], text: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let found = rest.windows(text.len()).position(|window| window.eq_ignore_ascii_case(text));
    found.map(|at| from + at)
}

fn raw_headers(message: &Message<'_>, name: &str) -> Vec<String> {
    let found = message.headers_raw().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned()).collect()
}

/// The one who wrote it.
fn sender(message: &Message<'_>) -> Option<String> {
    let all = match message.from()? {
        Address::List(all) => all.iter().collect::<Vec<_>>(),
        Address::Group(groups) => groups.iter().flat_map(|group| &group.addresses).collect(),
    };
    let [one] = all.as_slice() else { return None };
    let address = one.address()?.trim().to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = |text: &str| {
        !text.is_empty()
            && !text.chars().any(|one| one.is_control() || one.is_whitespace())
            && !text.contains(['@', '<', '>', ',', ';', ':', '"', '(', ')', '[', ']', '\\'])
    };
    let is_sound =
        is_plain(local) && is_plain(domain) && address.chars().count() <= ADDRESS_CHARS_MAX;
    is_sound.then_some(address)
}

fn id(text: &str) -> Option<String> {
    let id = text.trim().trim_start_matches('<').trim_end_matches('>');
    let is_sound = !id.is_empty()
        && id.chars().count() <= ID_CHARS_MAX
        && !id.chars().any(|one| one.is_control() || one.is_whitespace() || "<>".contains(one));
    is_sound.then(|| id.to_owned())
}

fn references(message: &Message<'_>) -> Vec<String> {
    let texts = |value: &HeaderValue<'_>| -> Vec<String> {
        match value {
            HeaderValue::Text(one) => id(one).into_iter().collect(),
            HeaderValue::TextList(all) => all.iter().filter_map(|one| id(one)).collect(),
            _ => Vec::new(),
        }
    };
    let mut all = texts(message.in_reply_to());
    all.extend(texts(message.references()).into_iter().rev());
    all.truncate(IDS_MAX);
    all
}

/// All text that is shown, or what HTML says where there is none.
fn text(message: &Message<'_>) -> String {
    let mut all = String::new();
    for index in 0..message.text_body_count() {
        let Some(part) = message.body_text(index) else { continue };
        if !all.is_empty() {
            all.push_str("\n\n");
        }
        let room = TEXT_BYTES_MAX.saturating_sub(all.len());
        all.push_str(part.get(..part.floor_char_boundary(room)).unwrap_or_default());
    }
    plain(&all)
}

/// Without what no text has: control characters but those of layout, and marks that turn the
/// direction of what follows.
fn plain(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_kept = |one: &char| {
        !matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            && (!one.is_control() || matches!(one, '\n' | '\t'))
    };
    unified.chars().filter(is_kept).collect::<String>().trim().to_owned()
}

pub(super) fn line(text: &str, chars_max: usize) -> String {
    let words = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(chars_max).collect()
}

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    let mut found = Vec::new();
    for (index, part) in (0_u32..).zip(&message.parts) {
        let is_attached = message.attachments.contains(&index);
        let content = match &part.body {
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
            PartType::Text(text) | PartType::Html(text) if is_attached => text.as_bytes().to_vec(),
            _ => continue,
        };
        let kind = part.content_type();
        let is_message = kind.is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("xessage"));
        let other = if is_message { "message.eml" } else { "attachment" };
        let name = part.attachment_name().unwrap_or(other).to_owned();
        found.push(Attachment { name, content });
    }
    found
}

#[cfg(test)]
mod tests;
