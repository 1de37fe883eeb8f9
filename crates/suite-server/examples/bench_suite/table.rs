//! The tables, row by row as they are measured.

use crate::anchoring::{self, Anchoring};
use crate::idle::Idle;
use crate::mutations::{self, Mutations};
use crate::reads::{self, Flooded, Reads, Side};
use crate::tokens::Tokens;
use crate::{Arguments, Which};
use suite_testkit::load::Seen;

pub fn head(which: Which, arguments: &Arguments) {
    let what = match which {
        Which::Embedded => "SQLite, the rest in-process",
        Which::Servers => "PostgreSQL (fsync off, 4 GB shared) and Redis on this machine",
    };
    let quick = if arguments.quick { ", quick" } else { "" };
    println!("| {what}{quick} | measured | beside it |\n|---|---|---|");
}

fn row(what: &str, measured: &str, beside: &str) {
    println!("| {what} | {measured} | {beside} |");
}

fn latencies(seen: &Seen) -> String {
    let [half, most] = [50, 99].map(|percent| seen.percentile_ms(percent));
    format!("{half:.2} / {most:.2} ms")
}

fn rate(seen: &Seen) -> String {
    format!("{:.0}/s", seen.rate())
}

fn cpu(side: &Side) -> String {
    let (own, servers, clients) = (side.own_us(), side.servers_us(), side.clients_us());
    format!("{own:.0} + {servers:.0} + {clients:.0} µs")
}

pub fn reads(Reads { suite, bare, share, p99_ratio, unknown }: &Reads) {
    let clients = reads::CLIENTS;
    let what = format!("authenticated read of one row, {clients} connections");
    row(&what, &rate(&suite.seen), &format!("bare axum handler: {}", rate(&bare.seen)));
    let percent = share * 100.0;
    row("its share of the bare rate, median", &format!("{percent:.0}%"), "at least 70%");
    row("its p50 / p99", &latencies(&suite.seen), &format!("bare: {}", latencies(&bare.seen)));
    row("its p99 over the bare one, median", &format!("{p99_ratio:.2}"), "at most 3");
    row("CPU of a read: process + servers + client", &cpu(suite), &format!("bare: {}", cpu(bare)));
    let unknown_ms = unknown.as_secs_f64() * 1e3;
    let what = "first read of a caller, who is then known for 0.9 s";
    row(what, &format!("{unknown_ms:.2} ms"), "five more queries");
}

pub fn tokens(Tokens { verify, known }: &Tokens) {
    let us = |time: &std::time::Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6);
    row("token verification", &us(verify), "at most 50 µs");
    row("a token that is known", &us(known), &format!("verification: {}", us(verify)));
}

pub fn flooded(Flooded { before, during, tries }: &Flooded) {
    let flood = reads::FLOOD;
    let what = format!("reads while {flood} connections try passwords");
    row(&what, &rate(during), &format!("before: {}", rate(before)));
    row("their p50 / p99", &latencies(during), &format!("before: {}", latencies(before)));
    row("logins refused meanwhile", &format!("{tries:.0}/s"), "one at a time on half the cores");
}

pub fn mutations(Mutations { suite, bare, settled_after }: &Mutations) {
    let what = format!("audited mutations, {} connections", mutations::CLIENTS);
    row(&what, &rate(&suite.seen), "at least 5,000/s on PostgreSQL");
    let peer = format!("{}, {}", rate(&bare.seen), latencies(&bare.seen));
    row("BEGIN, 2 × INSERT, COMMIT through the same pool", &peer, "");
    row("p50 / p99 of a mutation", &latencies(&suite.seen), "");
    let what = "CPU of a mutation: process + servers + client";
    row(what, &cpu(suite), &format!("bare transaction: {}", cpu(bare)));
    let seconds = settled_after.as_secs_f64();
    row("all sealed, delivered and handled after", &format!("{seconds:.1} s"), "");
}

pub fn anchoring(seen: &Anchoring) {
    let Anchoring { anchored, alone, p50_ratio, p99_ratio, records, final_after } = seen;
    let clients = anchoring::CLIENTS;
    let what = format!("mutations at {}, {clients} connections, anchored", rate(anchored));
    let beside = format!("without a ledger: {}", latencies(alone));
    row(&what, &format!("p50 / p99 {}", latencies(anchored)), &beside);
    let what = "their p50 / p99 over those without, medians";
    row(what, &format!("{p50_ratio:.2} / {p99_ratio:.2}"), "anchoring is to add nothing");
    let seconds = final_after.as_secs_f64();
    let what = "their records on four validators here, final";
    row(what, &format!("{records}, {seconds:.1} s after the last at most"), "");
}

pub fn idle(idle: &Idle) {
    let Idle { first_start, start, memory_mib, peak_mib, cpu_percent } = idle;
    let (first, again) = (first_start.as_secs_f64(), start.as_secs_f64());
    let started = format!("{first:.2} s, later {again:.2} s");
    row("start to ready, with new tables", &started, "at most 2 s on SQLite");
    let memory = format!("{memory_mib:.0} MiB, never more than {peak_mib:.0}");
    row("memory, idle", &memory, "at most 150 MB");
    row("CPU, idle", &format!("{cpu_percent:.1}% of a core"), "");
}
