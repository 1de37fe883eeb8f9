//! Canned answers: Markdown with placeholders, such as `{{requester.name}}`.
//!
//! What is put in stands for itself: where it has characters that mean something in Markdown, they
//! are escaped, so that a name is a name and never a link.

/// What may be filled in.
pub const PLACEHOLDERS: [&str; 4] =
    ["requester.name", "ticket.number", "ticket.title", "agent.name"];
/// What means something in Markdown wherever it stands in a line.
const SPECIAL: &str = "\\`*_[]<>~|";

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    pub requester: String,
    pub number: i64,
    pub title: String,
    pub agent: String,
}

impl Values {
    fn of(&self, name: &str) -> Option<String> {
        Some(match name {
            "requester.name" => escaped(&self.requester),
            "ticket.number" => self.number.to_string(),
            "ticket.title" => escaped(&self.title),
            "agent.name" => escaped(&self.agent),
            _ => return None,
        })
    }
}

/// The first placeholder of a text that there is not.
pub fn unknown(text: &str) -> Option<&str> {
    let mut names = parts(text).filter_map(|(_, name)| name);
    names.find(|name| !PLACEHOLDERS.contains(name))
}

/// A text with its placeholders filled in; what is none stays as it is.
pub fn filled(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    for (before, name) in parts(text) {
        filled.push_str(before);
        let Some(name) = name else { continue };
        match values.of(name) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&format!("{{{{{name}}}}}")),
        }
    }
    filled
}

/// What stands before each placeholder, and its name; at last what follows them.
fn parts(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = text.split_once("{{").and_then(|(before, after)| {
            let (name, after) = after.split_once("}}")?;
            Some((before, name.trim(), after))
        });
        let Some((before, name, after)) = found else {
            rest = None;
            return Some((text, None));
        };
        rest = Some(after);
        Some((before, Some(name)))
    })
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if SPECIAL.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            requester: "Bob [*](javascript:alert(1))".into(),
            number: 7,
            title: "{{agent.name}} <b>".into(),
            agent: "Eve".into(),
        }
    }

    #[test]
    fn placeholders_are_filled_in_once() {
        let text =
            "Hello {{requester.name}}, {{ ticket.number }}: {{ticket.title}}\n{{agent.name}}";
        let expected = "Hello Bob \\[\\*\\](javascript:alert(1)), 7: {{agent.name}} \\<b\\>\nEve";
        assert_eq!(filled(text, &values()), expected);
        for plain in ["", "{{", "}} {{", "a { b } c", "{{open"] {
            assert_eq!(filled(plain, &values()), plain);
            assert_eq!(unknown(plain), None);
        }
    }

    #[test]
    fn what_there_is_not_is_named() {
        assert_eq!(unknown("{{requester.name}} {{ticket.secret}}"), Some("ticket.secret"));
        assert_eq!(unknown("{{}}"), Some(""));
        for name in PLACEHOLDERS {
            assert_eq!(unknown(&format!("{{{{{name}}}}}")), None);
        }
        assert_eq!(filled("{{odd}}", &values()), "{{odd}}");
    }
}
