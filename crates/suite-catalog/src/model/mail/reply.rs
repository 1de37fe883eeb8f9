//! What somebody wrote anew above what they answer.

/// The line of our letters above which a reply is written.
pub const MARKER: &str = "##- Please write your reply above this line -##";

/// What is above the marker, without the line that introduces the quotation; and whether there
/// was anything below. All of it, where there is nothing above.
pub fn reply_of(text: &str) -> (&str, bool) {
    let Some(at) = text.find(MARKER) else { return (text.trim(), false) };
    let above = text.get(..at).unwrap_or_default();
    // The marker's own line may begin with marks of quotation.
    let above = above.rfind('\n').map_or("", |end| above.get(..end).unwrap_or_default());
    let mut kept = without_empty_lines(above);
    if let Some((before, last)) = kept.rsplit_once('\n')
        && introduces(last)
    {
        kept = without_empty_lines(before);
    } else if introduces(kept) {
        kept = "";
    }
    if kept.is_empty() { (text.trim(), false) } else { (kept, true) }
}

/// `On Monday, the desk wrote:`, in whatever language.
fn introduces(line: &str) -> bool {
    line.trim().ends_with(':') && line.chars().count() <= 300
}

fn without_empty_lines(text: &str) -> &str {
    text.trim_end_matches(|one: char| one.is_whitespace() || matches!(one, '>' | '|')).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_left_out() {
        for (text, said) in [
            (format!("Thanks!\n\n{MARKER}\nHello"), "Thanks!"),
            (format!("Thanks!\n\nOn Monday, IT wrote:\n> {MARKER}\n> Hello"), "Thanks!"),
            (format!("Thanks!\n\nAm Montag schrieb IT:\n>\n> > {MARKER}"), "Thanks!"),
            (format!("One\nTwo\n{MARKER}"), "One\nTwo"),
        ] {
            assert_eq!(reply_of(&text), (said, true), "{text:?}");
        }
    }

    #[test]
    fn where_nothing_is_above_all_is_kept() {
        assert_eq!(reply_of(" It is broken: yes "), ("It is broken: yes", false));
        let below = format!("{MARKER}\nHello\n\nMy answer");
        assert_eq!(reply_of(&below), (below.as_str(), false));
        let below = format!("On Monday, IT wrote:\n> {MARKER}\nMy answer");
        assert_eq!(reply_of(&below), (below.as_str(), false));
        assert_eq!(reply_of(""), ("", false));
    }
}
