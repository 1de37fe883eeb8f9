//! `cargo xtask gen-api`: the committed OpenAPI documents, written by the services themselves.
//!
//! The documents are committed because their diff is the review of an API change.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::environment::{self, Environment};
use crate::process;

/// A document, the binary that prints it, and with which arguments.
struct Service {
    name: &'static str,
    binary: &'static str,
    arguments: &'static [&'static str],
}

const SERVICES: &[Service] = &[
    Service { name: "kaldrix-node", binary: "kaldrix-node", arguments: &["openapi"] },
    Service { name: "hub", binary: "itechsmart", arguments: &["openapi", "hub"] },
    Service {
        name: "service-catalog",
        binary: "itechsmart",
        arguments: &["openapi", "service-catalog"],
    },
];

pub fn write() -> Result<()> {
    let environment = Environment::prepare()?;
    for service in SERVICES {
        let (path, document) = (committed(service), generate(&environment, service)?);
        fs::create_dir_all(folder())
            .and_then(|()| fs::write(&path, document))
            .with_context(|| format!("could not write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

pub fn check() -> Result<()> {
    check_with(&Environment::prepare()?)
}

pub fn check_with(environment: &Environment) -> Result<()> {
    for service in SERVICES {
        let committed = fs::read_to_string(committed(service)).unwrap_or_default();
        if let Some(line) = first_difference(&committed, &generate(environment, service)?) {
            bail!(
                "api/{name}.json is not what {binary} serves, first in line {line}: \
                 run `cargo xtask gen-api`, and review and commit its diff",
                name = service.name,
                binary = service.binary
            );
        }
    }
    Ok(())
}

fn folder() -> PathBuf {
    environment::root().join("api")
}

fn committed(service: &Service) -> PathBuf {
    folder().join(service.name).with_extension("json")
}

fn generate(environment: &Environment, service: &Service) -> Result<String> {
    // Not `cargo run`: with the features of the whole workspace, what the tests built is reused.
    process::run(environment.cargo().args(["build", "--workspace", "--bin", service.binary]))?;
    let mut print = Command::new(environment.binary("debug", service.binary));
    let document = process::output(print.args(service.arguments))?;
    if let Some(name) = dangling(&document) {
        bail!("api/{}.json speaks of the schema `{name}`, and does not have it", service.name);
    }
    Ok(format!("{}\n", document.trim_end()))
}

/// A schema that is referred to and is not there: clients cannot be generated from such a document.
fn dangling(document: &str) -> Option<&str> {
    let references = document.split("\"#/components/schemas/").skip(1);
    let mut names = references.filter_map(|rest| rest.split('"').next());
    names.find(|name| !document.contains(&format!("\"{name}\": {{")))
}

/// The number of the first line, from 1, in which two texts differ.
fn first_difference(left: &str, right: &str) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left.lines().zip(right.lines()).take_while(|(left, right)| left == right).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_documents_do_not_differ() {
        assert_eq!(first_difference("{\n}\n", "{\n}\n"), None);
    }

    #[test]
    fn a_schema_that_is_missing_is_named() {
        let document = |name| {
            format!(
                r##"{{ "$ref": "#/components/schemas/A" }} {{ "schemas": {{ "{name}": {{ }} }} }}"##
            )
        };
        assert_eq!(dangling(&document("A")), None);
        assert_eq!(dangling(&document("B")), Some("A"));
    }

    #[test]
    fn the_first_differing_line_is_named() {
        assert_eq!(first_difference("{\n\"a\": 1\n}\n", "{\n\"a\": 2\n}\n"), Some(2));
        assert_eq!(first_difference("", "{\n}\n"), Some(1));
        assert_eq!(first_difference("{\n", "{\n}\n"), Some(2));
    }
}
