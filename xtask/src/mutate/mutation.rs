//! A rule of the protocol, and the edit that breaks it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// Where the mutations stand: one file a subject.
const DIRECTORY: &str = "crates/kaldrix-sim/mutations";

/// One edit: `text`, which stands exactly once in `file`, becomes `replacement`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutation {
    pub name: String,
    /// What the code holds, and the mutation breaks.
    pub rule: String,
    pub file: String,
    pub text: String,
    pub replacement: String,
    pub unseen: Option<Unseen>,
}

/// Why no simulated network shows the difference, and which test does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unseen {
    pub reason: String,
    /// Arguments of `cargo test`.
    pub test: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    mutation: Vec<Mutation>,
}

/// All mutations, by file and in the order in which they stand there.
pub fn read_all(root: &Path) -> Result<Vec<Mutation>> {
    let directory = root.join(DIRECTORY);
    let entries = fs::read_dir(&directory).with_context(|| directory.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut mutations = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path)?;
        let subject: Subject = toml::from_str(&text).with_context(|| path.display().to_string())?;
        mutations.extend(subject.mutation);
    }
    Ok(mutations)
}

impl Mutation {
    /// The file's text with the rule broken.
    pub fn apply(&self, original: &str) -> Result<String> {
        let found = original.matches(&self.text).count();
        ensure!(
            found == 1,
            "mutation {}: its text stands {found} times in {}, not once",
            self.name,
            self.file
        );
        Ok(original.replacen(&self.text, &self.replacement, 1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::environment::root;

    /// A mutation whose text is gone breaks nothing, and so would pass for ever.
    #[test]
    fn every_mutation_still_changes_its_file() {
        let mutations = read_all(root()).unwrap();
        assert!(mutations.len() > 60, "only {} mutations were found", mutations.len());
        for mutation in &mutations {
            let original = fs::read_to_string(root().join(&mutation.file))
                .unwrap_or_else(|error| panic!("{}: {}: {error}", mutation.name, mutation.file));
            let mutated = mutation.apply(&original).unwrap_or_else(|error| panic!("{error:#}"));
            assert_ne!(mutated, original, "{}", mutation.name);
        }
    }

    #[test]
    fn every_mutation_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for mutation in read_all(root()).unwrap() {
            assert!(names.insert(mutation.name.clone()), "{} stands twice", mutation.name);
        }
    }

    #[test]
    fn text_that_is_missing_or_not_unique_is_refused() {
        let mutation = |text: &str| Mutation {
            name: "example".into(),
            rule: "a rule".into(),
            file: "a.rs".into(),
            text: text.into(),
            replacement: "z".into(),
            unseen: None,
        };
        assert_eq!(mutation("b").apply("abc").unwrap(), "azc");
        let error = mutation("b").apply("bb").unwrap_err().to_string();
        assert_eq!(error, "mutation example: its text stands 2 times in a.rs, not once");
        assert!(mutation("x").apply("abc").is_err());
    }
}
