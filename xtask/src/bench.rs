//! `cargo xtask bench <name>`: runs a benchmark, shows its table and, with `--record`, keeps it.
//!
//! A bench is an example of the crate that it measures. It prints a Markdown table on standard
//! output, which is what gets recorded, and its progress on standard error.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::environment::{self, Environment};
use crate::process;

struct Bench {
    name: &'static str,
    package: &'static str,
    example: &'static str,
    /// What it starts, of the same package, and finds beside it.
    binary: Option<&'static str>,
    about: &'static str,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "ledger",
        package: "kaldrix-node",
        example: "bench_ledger",
        binary: None,
        about: "four validators: throughput, finality and CPU beside the bound of verification",
    },
    Bench {
        name: "suite",
        package: "suite-server",
        example: "bench_suite",
        binary: Some("itechsmart"),
        about: "Hub on both backends: reads, logins, mutations, start and memory",
    },
    Bench {
        name: "catalog",
        package: "suite-catalog",
        example: "bench_catalog",
        binary: None,
        about: "a desk of 1,000,000 tickets on both backends: queues, search, pages, recounting, requests",
    },
];

pub fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else { bail!("bench what? {}", known()) };
    let bench = BENCHES.iter().find(|bench| bench.name == name);
    let bench = bench.with_context(|| format!("no bench named {name}: {}", known()))?;

    let (record, passed_on): (Vec<&String>, Vec<&String>) =
        rest.iter().partition(|argument| *argument == "--record");
    let table = measure(bench, &passed_on)?;
    if !record.is_empty() {
        bench.record(&table)?;
    }
    Ok(())
}

fn known() -> String {
    let benches = BENCHES.iter().map(|bench| format!("\n  {}  {}", bench.name, bench.about));
    format!("there are{}", benches.collect::<String>())
}

/// Shows the table while it grows, since a bench may take minutes, and returns it.
fn measure(bench: &Bench, arguments: &[&String]) -> Result<String> {
    let environment = Environment::prepare()?;
    if let Some(binary) = bench.binary {
        let mut cargo = environment.cargo();
        cargo.args(["build", "--release", "--package", bench.package, "--bin", binary]);
        // With the example, so that both are built with the same features of everything.
        process::run(cargo.args(["--example", bench.example]))?;
    }
    let mut cargo = environment.cargo();
    cargo.args(["run", "--release", "--package", bench.package, "--example", bench.example, "--"]);
    cargo.args(arguments).stdout(Stdio::piped());
    let line = process::shown(&cargo);
    eprintln!("$ {line}");

    let mut child = cargo.spawn().with_context(|| format!("could not start `{line}`"))?;
    let stdout = child.stdout.take().context("the bench has no standard output")?;
    let mut table = String::new();
    for row in BufReader::new(stdout).lines() {
        let row = row.with_context(|| format!("could not read from `{line}`"))?;
        println!("{row}");
        table.push_str(&row);
        table.push('\n');
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{line}` failed with {status}");
    Ok(table)
}

impl Bench {
    /// Newest last, so that a diff only adds.
    fn record(&self, table: &str) -> Result<()> {
        let folder = environment::root().join("benches");
        let path = folder.join(self.name).with_extension("md");
        let title = if path.exists() { String::new() } else { format!("# {}\n", self.name) };
        let entry = format!("{title}\n## {}\n\n{}\n", heading()?, table.trim_end());
        fs::create_dir_all(folder)
            .and_then(|()| OpenOptions::new().create(true).append(true).open(&path))
            .and_then(|mut file| file.write_all(entry.as_bytes()))
            .with_context(|| format!("could not write {}", path.display()))?;
        eprintln!("recorded in {}", path.display());
        Ok(())
    }
}

/// A result means nothing without when, of what and on which machine it was measured.
fn heading() -> Result<String> {
    let date = process::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let mut git = Command::new("git");
    git.args(["describe", "--always", "--dirty"]).current_dir(environment::root());
    let commit = process::output(&mut git)?;
    let cores = std::thread::available_parallelism()?;
    Ok(format!("{}, {}, {cores} cores, {}", date.trim(), commit.trim(), processor()))
}

fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| "unknown processor".to_owned(), |(_, name)| name.to_owned())
}
