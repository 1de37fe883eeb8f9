//! Rust sources as the rules see them: code apart from comments and literals, tests apart from
//! what ships.
//!
//! A small lexer and no parser: enough to find words and the extent of an item, quick to compile.

use super::repository::TextFile;

#[derive(Debug)]
pub struct RustSource {
    pub path: String,
    pub text: String,
    /// The text with comments and literals blanked: same lines, same columns.
    code: String,
    /// For each line, whether it is compiled for tests only.
    test_lines: Vec<bool>,
}

impl RustSource {
    /// All Rust files among these. They are read together because a file is test code when a
    /// `#[cfg(test)] mod name;` in another file says so.
    pub fn parse_all(files: &[TextFile]) -> Vec<Self> {
        let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
        let mut sources: Vec<Self> = rust.map(Self::parse).collect();
        let test_modules: Vec<String> = sources.iter().flat_map(Self::test_modules).collect();
        for source in &mut sources {
            let declared = test_modules.iter().any(|module| is_below(source.module(), module));
            if declared || in_test_folder(&source.path) {
                source.test_lines.fill(true);
            }
        }
        sources
    }

    fn parse(file: &TextFile) -> Self {
        let code = blank(&file.text);
        let test_lines = test_lines(&code);
        Self { path: file.path.clone(), text: file.text.clone(), code, test_lines }
    }

    /// The path without what says how the module is laid out: `a/b` for `a/b.rs` and `a/b/mod.rs`.
    fn module(&self) -> &str {
        self.path.trim_end_matches(".rs").trim_end_matches("/mod")
    }

    /// Whether this file is the module of that one or a module below it.
    pub fn is_within(&self, other: &Self) -> bool {
        is_below(self.module(), other.module())
    }

    /// The code of each line with its number from 1 and whether it is test code.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let lines = self.code.lines().zip(&self.test_lines).enumerate();
        lines.map(|(index, (code, test))| (index + 1, code, *test))
    }

    /// Lines of code that ship and hold the word or path, with its numbers from 1.
    pub fn shipped_lines_with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let shipped = self.lines().filter(|(_, _, test)| !test);
        shipped.filter(move |(_, code, _)| has_word(code, word)).map(|(line, _, _)| line)
    }

    pub fn lines_with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.lines().filter(move |(_, code, _)| has_word(code, word)).map(|(line, _, _)| line)
    }

    /// The inner attributes, `#![…]`.
    pub fn inner_attributes(&self) -> impl Iterator<Item = &str> {
        self.code.split("#![").skip(1).filter_map(|rest| rest.split(']').next())
    }

    /// Where the modules live that this file declares as `#[cfg(test)] mod name;`, or with a
    /// `#[path = "file.rs"]` between the two.
    fn test_modules(&self) -> Vec<String> {
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let below = match file {
            "lib.rs" | "main.rs" | "mod.rs" => folder,
            _ => self.module(),
        };
        let tests = self.lines().zip(self.text.lines()).filter(|((_, _, test), _)| *test);
        let declared = tests.filter_map(|((_, code, _), text)| {
            if code.trim_start().starts_with("#[path") {
                let file = text.split('"').nth(1)?;
                return Some(format!("{folder}/{}", file.trim_end_matches(".rs")));
            }
            let (_, name) = code.trim().strip_suffix(';')?.rsplit_once("mod ")?;
            Some(format!("{below}/{name}"))
        });
        declared.collect()
    }
}

/// Whether the line holds `word`, not as a part of a longer identifier.
pub fn has_word(line: &str, word: &str) -> bool {
    let word_like = |c: Option<char>| c.is_some_and(is_identifier);
    let ends_word_like = word_like(word.chars().next_back());
    line.match_indices(word).any(|(start, _)| {
        let (before, after) = (&line[..start], &line[start + word.len()..]);
        let part_of_longer = word_like(before.chars().next_back())
            || (ends_word_like && word_like(after.chars().next()));
        !part_of_longer
    })
}

fn is_below(module: &str, root: &str) -> bool {
    module.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_identifier(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Tests, benches and examples of a package: `crates/<name>/tests/…`, `xtask/tests/…`.
fn in_test_folder(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let top = if parts.first() == Some(&"crates") { parts.get(2) } else { parts.get(1) };
    top.is_some_and(|top| ["tests", "benches", "examples"].contains(top))
}

/// Marks the lines of every item behind `#[cfg(test)]`; `#![cfg(test)]` marks all.
fn test_lines(code: &str) -> Vec<bool> {
    const MARK: &str = "#[cfg(test)]";
    let mut lines = vec![code.contains("#![cfg(test)]"); code.lines().count()];
    for (start, _) in code.match_indices(MARK) {
        let item = start + MARK.len();
        let end = item + item_length(&code[item..]);
        let first = code[..start].matches('\n').count();
        let count = code[start..end].matches('\n').count() + 1;
        lines.iter_mut().skip(first).take(count).for_each(|line| *line = true);
    }
    lines
}

/// The bytes up to the end of the first item: its `;`, or the brace that closes its body.
fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (index, character) in code.char_indices() {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(character, '}' | ';') {
            return index + 1;
        }
    }
    code.len()
}

/// Replaces comments, strings and characters by spaces and keeps everything else where it is.
fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let word_before = code.chars().next_back().is_some_and(is_identifier);
        let length = comment_length(rest).or_else(|| literal_length(rest, word_before));
        if let Some(length) = length {
            let hidden = rest[..length].bytes();
            code.extend(hidden.map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rest = &rest[length..];
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    code
}

fn comment_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut index) = (0_usize, 0);
    while index < rest.len() {
        let step = match &rest.as_bytes()[index..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        index += step;
        if depth == 0 {
            break;
        }
    }
    Some(index)
}

fn literal_length(rest: &str, word_before: bool) -> Option<usize> {
    if rest.starts_with('"') {
        return Some(quoted_length(rest, '"'));
    }
    if rest.starts_with('\'') {
        return character_length(rest);
    }
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let opening = &rest[prefix.len()..];
    let hashes = opening.len() - opening.trim_start_matches('#').len();
    if word_before || !opening[hashes..].starts_with('"') {
        return None;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    let body = prefix.len() + hashes + 1;
    Some(rest[body..].find(&closing).map_or(rest.len(), |end| body + end + closing.len()))
}

/// A character literal; a lifetime is none.
fn character_length(rest: &str) -> Option<usize> {
    let mut characters = rest[1..].chars();
    match (characters.next()?, characters.next()?) {
        ('\\', _) => Some(quoted_length(rest, '\'')),
        (character, '\'') => Some(1 + character.len_utf8() + 1),
        _ => None,
    }
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests;
