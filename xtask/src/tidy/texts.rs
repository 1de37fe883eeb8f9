//! Rules over every file that people read, whatever its language.

use super::Finding;
use super::repository::TextFile;
use super::source::has_word;

/// Written in two halves, as this file is read by its own rules.
const MARKS: [&str; 2] = [concat!("FIX", "ME"), concat!("X", "XX")];

/// First folders of paths that exist on one machine only.
const MACHINE_FOLDERS: [&str; 4] = ["work", "root", "home", "Users"];

/// Parts of host names that say a package came through somebody's own registry.
const REGISTRY_HOSTS: [&str; 4] = ["registry", "mirror", "artifactory", "nexus"];

const LEFTOVER_ENDINGS: [&str; 5] = [".bak", ".orig", ".rej", ".swp", "~"];

pub fn check(file: &TextFile) -> Vec<Finding> {
    let mut findings = leftover(file);
    for (index, line) in file.text.lines().enumerate() {
        let finding = |what: &str, why| Finding::new(&file.path, index + 1, what, why);
        for mark in MARKS.into_iter().filter(|mark| has_word(line, mark)) {
            findings.push(finding(mark, "finish it, or open an issue"));
        }
        for path in machine_paths(line) {
            findings.push(finding(path, "this path exists on one machine only"));
        }
        for host in urls(line).filter(|host| REGISTRY_HOSTS.iter().any(|part| host.contains(part)))
        {
            findings.push(finding(host, "everyone builds from their own configured registry"));
        }
    }
    findings
}

fn leftover(file: &TextFile) -> Vec<Finding> {
    let ending = LEFTOVER_ENDINGS.into_iter().find(|ending| file.path.ends_with(ending));
    ending
        .map(|_| Finding::new(&file.path, 0, "a leftover file", "git remembers old versions"))
        .into_iter()
        .collect()
}

/// Absolute paths into one of the machine folders; `src/home/page` is none.
fn machine_paths(line: &str) -> impl Iterator<Item = &str> {
    let begins_path = |start: usize| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}~*)".contains(c))
    };
    let slashes = line.match_indices('/').map(|(start, _)| start).filter(move |s| begins_path(*s));
    slashes.filter_map(|start| {
        let (folder, _) = line[start + 1..].split_once('/')?;
        let path = &line[start..start + folder.len() + 2];
        MACHINE_FOLDERS.contains(&folder).then_some(path)
    })
}

/// The host names of the URLs in the line.
fn urls(line: &str) -> impl Iterator<Item = &str> {
    let outside = |c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c));
    line.split("://").skip(1).filter_map(move |rest| rest.split(outside).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = TextFile { path: path.to_owned(), text: text.to_owned() };
        let findings = check(&file);
        findings.iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn marks_of_unfinished_work_are_found() {
        for mark in MARKS {
            assert_eq!(found("a.md", &format!("a\n# {mark}: b")), [format!("2: {mark}")]);
            assert_eq!(found("a.md", &format!("{mark}L")), NOTHING);
        }
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        for folder in MACHINE_FOLDERS {
            let path = format!("/{folder}/");
            for line in [format!("{path}a"), format!("cd \"{path}a\""), format!("x={path}a")] {
                assert_eq!(found("a.md", &line), [format!("1: {path}")], "{line}");
            }
            assert_eq!(found("a.md", &format!("src{path}page.rs and ${{HOME}}{path}")), NOTHING);
        }
        assert_eq!(found("a.md", "/var/lib/kaldrix and /homework/a"), NOTHING);
    }

    #[test]
    fn registry_hosts_are_found() {
        for part in REGISTRY_HOSTS {
            let host = format!("{part}.example.org");
            assert_eq!(found("a.lock", &format!("https://{host}:8081/a")), [format!("1: {host}")]);
        }
        assert_eq!(found("a.md", "https://docs.rs/registry and http://127.0.0.1:8080"), NOTHING);
    }

    #[test]
    fn leftover_files_are_found() {
        for ending in LEFTOVER_ENDINGS {
            assert_eq!(found(&format!("src/a.rs{ending}"), ""), ["0: a leftover file"]);
        }
        assert_eq!(found("src/bak.rs", ""), NOTHING);
    }
}
