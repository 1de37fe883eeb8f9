//! Which passwords are good enough (NIST SP 800-63B, section 5.1.1.2: length and a list of common
//! ones count, character classes do not).

use zxcvbn::Score;

pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longer ones only cost time.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// What the estimate looks at; it takes time for more.
const ESTIMATED_CHARS_MAX: usize = 100;

/// Why a password is refused, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters: a few words do well")]
    TooShort,
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    #[error("this password is easily guessed: {0}")]
    Guessable(String),
}

/// Whether somebody with these words about them may use this password. Common passwords, names,
/// dates, keyboard patterns and repetitions count for little.
pub fn check(password: &str, about: &[&str]) -> Result<(), Weakness> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Weakness::TooLong);
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Weakness::TooShort);
    }
    let estimated: String = password.chars().take(ESTIMATED_CHARS_MAX).collect();
    let words: Vec<&str> = about.iter().flat_map(|text| text.split(['@', '.', ' ', '-'])).collect();
    let whole = about.iter().copied().chain(["itechsmart", "kaldrix"]);
    let words: Vec<&str> = words.into_iter().chain(whole).collect();
    let estimate = zxcvbn::zxcvbn(&estimated, &words);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(|feedback| feedback.warning());
    let hint = warning.map_or_else(|| "add a word or two".to_owned(), |why| why.to_string());
    Err(Weakness::Guessable(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_words_are_good() {
        assert_eq!(check("walnut harbour pixel seven", &["ada@example.com"]), Ok(()));
    }

    #[test]
    fn common_personal_and_short_ones_are_refused() {
        assert_eq!(check("kX9$q", &[]), Err(Weakness::TooShort));
        assert_eq!(check(&"x".repeat(1_025), &[]), Err(Weakness::TooLong));
        for guessed in
            ["password1234", "qwertyuiop12", "aaaaaaaaaaaa", "iloveyou2024", "1234567890123"]
        {
            assert!(matches!(check(guessed, &[]), Err(Weakness::Guessable(_))), "{guessed}");
        }
        for own in ["lovelace1815", "lovelace@example.com", "Ada Lovelace"] {
            let checked = check(own, &["lovelace@example.com", "Ada Lovelace"]);
            assert!(matches!(checked, Err(Weakness::Guessable(_))), "{own}");
        }
    }
}
