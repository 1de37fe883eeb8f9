//! Names that people give: of persons, tenants, groups, roles and keys.

use crate::error::HubError;

pub const NAME_CHARS_MAX: usize = 100;
pub const DESCRIPTION_CHARS_MAX: usize = 500;
const SLUG_CHARS_MAX: usize = 40;

/// A name in one line: trimmed, not empty, without control characters.
pub fn parse(field: &'static str, text: &str) -> Result<String, HubError> {
    let name = text.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let reason = format!("a name has 1 to {NAME_CHARS_MAX} characters in one line");
        return Err(HubError::Invalid { field, reason });
    }
    Ok(name.to_owned())
}

/// A description: trimmed, and bounded.
pub fn parse_description(text: &str) -> Result<String, HubError> {
    let description = text.trim();
    if description.chars().count() > DESCRIPTION_CHARS_MAX {
        let reason = format!("a description has at most {DESCRIPTION_CHARS_MAX} characters");
        return Err(HubError::Invalid { field: "description", reason });
    }
    Ok(description.to_owned())
}

/// What a name becomes in addresses: `Example & Sons` is `example-sons`.
pub fn slug(name: &str) -> String {
    let plain = |character: char| if character.is_alphanumeric() { character } else { ' ' };
    let words: String = name.to_lowercase().chars().filter(|c| *c != '\'').map(plain).collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join("-");
    let cut: String = joined.chars().take(SLUG_CHARS_MAX).collect();
    let cut = cut.trim_end_matches('-');
    if cut.is_empty() { "tenant".to_owned() } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line() {
        assert_eq!(parse("name", "  Ada Example ").unwrap(), "Ada Example");
        for text in ["", "   ", "a\nb", "a\0", &"x".repeat(101)] {
            assert!(parse("name", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn slugs_hold_words() {
        assert_eq!(slug("Example & Sons"), "example-sons");
        assert_eq!(slug("O'Hara's  Ltd."), "oharas-ltd");
        assert_eq!(slug("!?"), "tenant");
        assert_eq!(slug(&"a ".repeat(40)), "a-".repeat(20).trim_end_matches('-'));
    }
}
