//! Links in Markdown: a relative link leads to a file of the repository.

use super::Finding;
use super::repository::TextFile;

/// Checks every Markdown file; `exists` is asked with paths from the root.
pub fn check(files: &[TextFile], exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (line, link) in links(&file.text) {
            let target = resolve(&file.path, link);
            if !target.as_deref().is_some_and(&exists) {
                let what = format!("the link to {link} leads nowhere");
                findings.push(Finding::new(&file.path, line, what, "readers follow links"));
            }
        }
    }
    findings
}

/// Relative targets with their line numbers, without their anchors; code is left out.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut in_fence = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
        }
        if in_fence {
            continue;
        }
        // Even pieces lie outside the backquotes of inline code.
        for prose in line.split('`').step_by(2) {
            links.extend(targets(prose).map(|target| (index + 1, target)));
        }
    }
    links
}

/// `[text](target)`, where backquotes may have cut off the text, and `[label]: target`.
fn targets(prose: &str) -> impl Iterator<Item = &str> {
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let definition = prose.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: "));
    let defined = definition.and_then(|(_, target)| target.split_whitespace().next());
    inline.chain(defined).filter_map(|target| {
        let path = target.split('#').next().unwrap_or(target);
        let elsewhere = path.contains("://") || path.starts_with("mailto:");
        (!path.is_empty() && !elsewhere).then_some(path)
    })
}

/// The path from the root, or `None` when the link leaves the repository.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        let file = TextFile { path: "docs/adr/0001.md".to_owned(), text: text.to_owned() };
        let exists = |path: &str| ["README.md", "docs/spec", "docs/adr/0002.md"].contains(&path);
        check(&[file], exists).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        for text in [
            "[a](../../README.md)",
            "[a](0002.md#part) and [b](./0002.md)",
            "[a](../spec/)",
            "[`a`](0002.md)",
            "[a]: 0002.md",
            "[a](https://example.org/x.md), [b](#part), [c](mailto:a@example.org)",
            "`[a](none.md)`",
            "```text\n[a](none.md)\n```",
        ] {
            assert_eq!(found(text), Vec::<usize>::new(), "{text}");
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for text in [
            "\n[a](none.md)",
            "\n[a](0002.md) [b](README.md)",
            "\n[a]: none.md",
            "\n[`a`](none.md#part)",
            "\n[a](../../../../README.md)",
        ] {
            assert_eq!(found(text), [2], "{text}");
        }
    }
}
