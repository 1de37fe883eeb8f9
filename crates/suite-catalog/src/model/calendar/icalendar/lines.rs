//! The content lines of a file and its components (RFC 5545, section 3.1), with line numbers.

use super::ImportError;

/// Characters of an unfolded line at most.
const LINE_BYTES_MAX: usize = 16 * 1024;
const DEPTH_MAX: usize = 8;

/// An unfolded line: `NAME;PARAMETER=VALUE:VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Of its first part, from one.
    pub number: usize,
    pub text: String,
    /// In capitals.
    pub name: String,
    /// Where the value begins in the text.
    value_at: usize,
}

impl Line {
    pub fn value(&self) -> &str {
        self.text.get(self.value_at..).unwrap_or_default()
    }

    fn read(number: usize, text: String) -> Result<Self, ImportError> {
        let refuse = |reason: &str| Err(ImportError::new(number, reason));
        if text.len() > LINE_BYTES_MAX {
            return refuse("this line is longer than 16 KiB");
        }
        if text.chars().any(|character| character.is_control() && character != '\t') {
            return refuse("this line has control characters in it");
        }
        let name_ends = text.find([':', ';']).unwrap_or(0);
        let name = text[..name_ends].to_ascii_uppercase();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || !name.bytes().all(is_name) {
            return refuse("a line has the form NAME:VALUE, such as SUMMARY:New Year");
        }
        let mut is_quoted = false;
        for (at, character) in text.char_indices().skip(name_ends) {
            match character {
                '"' => is_quoted = !is_quoted,
                ':' if !is_quoted => return Ok(Self { number, name, value_at: at + 1, text }),
                _ => {}
            }
        }
        refuse("this line has no value: a colon is missing, or a quotation mark")
    }
}

/// Puts folded lines together: what begins with a space or a tab continues the line before it.
pub(super) fn unfold(text: &str) -> Result<Vec<Line>, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut folded: Vec<(usize, String)> = Vec::new();
    for (index, part) in text.split('\n').enumerate() {
        let part = part.strip_suffix('\r').unwrap_or(part);
        match (part.strip_prefix([' ', '\t']), folded.last_mut()) {
            (Some(more), Some((_, line))) => line.push_str(more),
            _ if part.is_empty() => {}
            _ => folded.push((index + 1, part.to_owned())),
        }
    }
    folded.into_iter().map(|(number, text)| Line::read(number, text)).collect()
}

/// The lines of each event, without those of components within it.
pub(super) fn events(lines: &[Line]) -> Result<Vec<Vec<&Line>>, ImportError> {
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut events: Vec<Vec<&Line>> = Vec::new();
    let mut is_calendar = false;
    for line in lines {
        let refuse = |reason: String| Err(ImportError::new(line.number, reason));
        let value = || line.value().trim().to_ascii_uppercase();
        match line.name.as_str() {
            "BEGIN" => {
                let component = value();
                if open.is_empty() && component != "VCALENDAR" {
                    return refuse("a file begins with BEGIN:VCALENDAR".to_owned());
                }
                if open.len() >= DEPTH_MAX {
                    return refuse("components are nested too deeply".to_owned());
                }
                is_calendar = true;
                open.push((component, line.number));
                if is_event(&open) {
                    events.push(vec![line]);
                }
            }
            "END" => match open.pop() {
                Some((component, _)) if component == value() => {}
                Some((component, begun)) => {
                    return refuse(format!(
                        "this ends {}, but {component} of line {begun} is open",
                        value()
                    ));
                }
                None => return refuse("this ends what never began".to_owned()),
            },
            _ if open.is_empty() => {
                return refuse(
                    "a file begins with BEGIN:VCALENDAR and ends with its END".to_owned(),
                );
            }
            _ if is_event(&open) => {
                if let Some(event) = events.last_mut() {
                    event.push(line);
                }
            }
            _ => {}
        }
    }
    if let Some((component, begun)) = open.pop() {
        return Err(ImportError::new(
            begun,
            format!("{component} never ends: the file is cut off"),
        ));
    }
    if !is_calendar {
        return Err(ImportError::new(1, "this is no iCalendar file: BEGIN:VCALENDAR is missing"));
    }
    Ok(events)
}

fn is_event(open: &[(String, usize)]) -> bool {
    matches!(open, [_, (component, _)] if component == "VEVENT")
}
