//! `node.toml` as it is written: its keys, their types, and where in the file each stands.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

/// Every key there is; `[]` stands for any entry of a list.
const KEYS: &[&str] = &[
    "name",
    "role",
    "data_dir",
    "genesis",
    "keys.network",
    "keys.consensus",
    "keys.password_file",
    "keys.password_env",
    "listen.p2p",
    "listen.api",
    "listen.metrics",
    "peers[].validator",
    "peers[].name",
    "peers[].public_key",
    "peers[].address",
    "mempool.transactions_max",
    "mempool.bytes_max",
    "mempool.sender_transactions_max",
    "mempool.forward_ms",
    "block.transactions_max",
    "block.payload_bytes_max",
    "network.peers_unknown_max",
    "network.queue_bytes_max",
    "network.receive_bytes_per_s",
    "pace.round_interval_ms_min",
    "pace.round_interval_ms_max",
    "pace.leader_timeout_ms",
    "storage.cache_bytes_max",
    "storage.check_bytes_max",
    "log.filter",
    "log.format",
    "test.clock_offset_ms",
];

/// The keys of the file. A missing one takes its default, where there is one.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub name: String,
    pub role: RoleName,
    #[serde(default = "data_dir_default")]
    pub data_dir: String,
    pub genesis: String,
    pub keys: Keys,
    #[serde(default)]
    pub listen: Listen,
    #[serde(default)]
    pub peers: Vec<Peer>,
    #[serde(default)]
    pub mempool: Mempool,
    #[serde(default)]
    pub block: Block,
    #[serde(default)]
    pub network: Network,
    #[serde(default)]
    pub pace: Pace,
    #[serde(default)]
    pub storage: Storage,
    #[serde(default)]
    pub log: Log,
    #[serde(default)]
    pub test: Test,
}

fn data_dir_default() -> String {
    "/var/lib/kaldrix".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoleName {
    Validator,
    Full,
}

#[derive(Debug, Deserialize)]
pub(super) struct Keys {
    pub network: String,
    pub consensus: Option<String>,
    pub password_file: Option<String>,
    pub password_env: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct Listen {
    pub p2p: String,
    pub api: String,
    pub metrics: String,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            p2p: "0.0.0.0:8443".to_owned(),
            api: "127.0.0.1:8080".to_owned(),
            metrics: "127.0.0.1:9090".to_owned(),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Peer {
    pub validator: Option<String>,
    pub name: Option<String>,
    pub public_key: Option<String>,
    pub address: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Mempool {
    pub transactions_max: Option<usize>,
    pub bytes_max: Option<usize>,
    pub sender_transactions_max: Option<usize>,
    pub forward_ms: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Block {
    pub transactions_max: Option<usize>,
    pub payload_bytes_max: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Network {
    pub peers_unknown_max: Option<usize>,
    pub queue_bytes_max: Option<usize>,
    pub receive_bytes_per_s: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Pace {
    pub round_interval_ms_min: Option<u64>,
    pub round_interval_ms_max: Option<u64>,
    pub leader_timeout_ms: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Storage {
    pub cache_bytes_max: Option<u64>,
    pub check_bytes_max: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Log {
    pub filter: Option<String>,
    pub format: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Test {
    #[serde(default)]
    pub clock_offset_ms: i64,
}

/// What is wrong where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Such as `peers[1].address`; empty for the file as a whole.
    pub key: String,
    pub line: Option<usize>,
    pub reason: String,
}

/// The line of each key, from 1.
pub(super) type Lines = BTreeMap<String, usize>;

/// Reads a text; nothing in it is ignored.
pub(super) fn parse(text: &str) -> Result<(File, Lines), Wrong> {
    let line_at = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let syntax = |error: &toml::de::Error| Wrong {
        key: String::new(),
        line: error.span().map(|span| line_at(span.start)),
        reason: error.message().to_owned(),
    };
    let table = DeTable::parse(text).map_err(|error| syntax(&error))?;
    let mut lines = Lines::new();
    for (key, value) in table.get_ref() {
        let line = line_at(key.span().start);
        note(key.get_ref(), line, value.get_ref(), &line_at, &mut lines);
    }
    let unknown = lines.iter().filter_map(|(key, line)| Some((line, key, unknown(key)?)));
    if let Some((line, key, reason)) = unknown.min() {
        return Err(Wrong { key: key.clone(), line: Some(*line), reason });
    }
    let deserializer = toml::de::Deserializer::parse(text).map_err(|error| syntax(&error))?;
    let file = serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let key = error.path().to_string();
        let key = if key == "." { String::new() } else { key };
        let error = error.into_inner();
        let line = lines.get(&key).copied();
        let line = line.or_else(|| error.span().map(|span| line_at(span.start)));
        Wrong { key, line, reason: error.message().to_owned() }
    })?;
    Ok((file, lines))
}

fn note(
    key: &str,
    line: usize,
    value: &DeValue<'_>,
    line_at: &impl Fn(usize) -> usize,
    lines: &mut Lines,
) {
    lines.insert(key.to_owned(), line);
    if let DeValue::Table(table) = value {
        for (name, value) in table {
            let line = line_at(name.span().start);
            note(&format!("{key}.{}", name.get_ref()), line, value.get_ref(), line_at, lines);
        }
    }
    if let DeValue::Array(entries) = value {
        for (index, value) in entries.iter().enumerate() {
            let line = line_at(value.span().start);
            note(&format!("{key}[{index}]"), line, value.get_ref(), line_at, lines);
        }
    }
}

/// Why a key is not one, and which one may have been meant.
fn unknown(key: &str) -> Option<String> {
    let general = generalise(key);
    let is_known = KEYS.iter().any(|known| {
        let below = known.strip_prefix(general.as_str());
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    if is_known {
        return None;
    }
    let (parent, name) = general.rsplit_once('.').unwrap_or(("", &general));
    let siblings = KEYS.iter().filter_map(|known| match parent {
        "" => known.split(['.', '[']).next(),
        parent => known.strip_prefix(parent)?.strip_prefix('.'),
    });
    let distance = |known: &&str| strsim::damerau_levenshtein(known, name);
    let nearest = siblings.min_by_key(distance);
    Some(match nearest.filter(|known| distance(known) <= 1 + name.len() / 3) {
        Some(nearest) => format!("there is no such key; did you mean `{nearest}`?"),
        None => "there is no such key".to_owned(),
    })
}

/// `peers[3].address` becomes `peers[].address`.
fn generalise(key: &str) -> String {
    let mut general = String::with_capacity(key.len());
    let mut inside = false;
    for character in key.chars() {
        inside &= character != ']';
        if !inside {
            general.push(character);
        }
        inside |= character == '[';
    }
    general
}

#[cfg(test)]
mod tests {
    use super::parse;

    const GOOD: &str = "name = \"a\"\nrole = \"full\"\ngenesis = \"g\"\n[keys]\nnetwork = \"n\"\n";

    #[test]
    fn names_the_line_and_the_key_that_was_meant() {
        for (text, line, key, hint) in [
            (format!("nmae = \"x\"\n{GOOD}"), 1, "nmae", "did you mean `name`"),
            (format!("{GOOD}pasword_file = \"x\"\n"), 6, "keys.pasword_file", "`password_file`"),
            (format!("{GOOD}\n[[peers]]\nadress = \"x\"\n"), 8, "peers[0].adress", "`address`"),
            (format!("{GOOD}[mempol]\nbytes_max = 1\n"), 6, "mempol", "`mempool`"),
            (format!("{GOOD}[zzzzzz]\n"), 6, "zzzzzz", "no such key"),
            (format!("{GOOD}[pace]\nleader_timeout_ms = \"x\"\n"), 7, "pace.leader_timeout_ms", ""),
            (format!("{GOOD}consensus = 7\n"), 6, "keys.consensus", "expected a string"),
            (GOOD.replace("full", "boss"), 2, "role", "boss"),
            (GOOD.replace("network", "consensus"), 4, "keys", "missing field `network`"),
            (format!("{GOOD}name\n"), 6, "", ""),
        ] {
            let wrong = parse(&text).unwrap_err();
            assert_eq!((wrong.line, wrong.key.as_str()), (Some(line), key), "{text}{wrong:?}");
            assert!(wrong.reason.contains(hint), "{text}{wrong:?}");
        }
        assert!(parse(GOOD).is_ok());
    }
}
