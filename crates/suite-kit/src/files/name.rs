//! What a file is called, so that no system takes it for more than a name.

const NAME_CHARS_MAX: usize = 150;
const EXTENSION_CHARS_MAX: usize = 20;
/// What Windows takes for a device, whatever follows the first dot.
const DEVICES: [&str; 24] = [
    "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
    "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The last part of a path, without what is a path or a command somewhere, or turns text around.
pub fn safe_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|one| !is_hidden(*one)).map(plain).collect();
    let kept = kept.trim_matches(|one: char| one.is_whitespace() || one == '.');
    let (stem, extension) = match kept.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= EXTENSION_CHARS_MAX => {
            (stem, Some(extension))
        }
        _ => (kept, None),
    };
    let stem: String = stem.chars().take(NAME_CHARS_MAX).collect();
    let first = stem.split('.').next().unwrap_or_default().trim().to_lowercase();
    let mark = if DEVICES.contains(&first.as_str()) { "_" } else { "" };
    match (stem.trim(), extension) {
        ("", None) => "file".to_owned(),
        ("", Some(extension)) => format!("file.{extension}"),
        (stem, None) => format!("{mark}{stem}"),
        (stem, Some(extension)) => format!("{mark}{stem}.{extension}"),
    }
}

/// Control characters, and those that are not seen or change the direction of what is.
fn is_hidden(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn plain(one: char) -> char {
    if matches!(one, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name() {
        for (given, name) in [
            ("report.pdf", "report.pdf"),
            ("Übersicht 2026.xlsx", "Übersicht 2026.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\plan.docx", "plan.docx"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("x\r\nSet-Cookie: a.txt", "xSet-Cookie_ a.txt"),
            ("\"quoted\".txt", "_quoted_.txt"),
            ("..", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("NUL.tar.gz", "_NUL.tar.gz"),
            ("con", "_con"),
            ("console.log", "console.log"),
        ] {
            assert_eq!(safe_name(given), name, "{given:?}");
        }
        let long = safe_name(&format!("{}.pdf", "ä".repeat(1_000)));
        assert_eq!(long, format!("{}.pdf", "ä".repeat(NAME_CHARS_MAX)));
    }
}
