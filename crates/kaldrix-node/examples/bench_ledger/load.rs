//! Sending, and what is seen meanwhile.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use kaldrix_client::api::TransactionState;
use kaldrix_client::{Client, Transaction, TransactionId};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Arguments;
use crate::check::Checked;
use crate::machine::cpu_time;
use crate::network::{Network, VALIDATORS};
use crate::senders::Senders;

/// Of so many transactions one is waited for, to see when it becomes final.
const SAMPLE_EVERY: usize = 20;
const FINAL_MAX: Duration = Duration::from_secs(120);

/// What to send.
pub struct Plan {
    pub transactions: usize,
    /// Transactions a second; none: as fast as they are accepted.
    rate: Option<u64>,
    seconds: u64,
    batch: usize,
    connections: usize,
}

impl Plan {
    pub fn new(arguments: &Arguments, senders: &Senders) -> Self {
        let rate = (arguments.rate > 0 && !arguments.max).then_some(arguments.rate);
        let per_second = rate.unwrap_or(arguments.signed_per_second);
        let transactions = usize::try_from(per_second * arguments.seconds).unwrap_or(usize::MAX);
        Self {
            transactions,
            rate,
            seconds: arguments.seconds,
            batch: arguments.batch.max(1),
            connections: arguments.connections.clamp(1, senders.count()),
        }
    }
}

/// What was seen.
pub struct Sent {
    pub ids: Vec<TransactionId>,
    /// From the first request to the last answer, and until the last transaction was final.
    sending: Duration,
    until_final: Duration,
    /// From a request's start to its answer 202.
    acceptance: Vec<Duration>,
    /// From a request's start to the news that its transaction is final.
    finality: Vec<Duration>,
    network_cpu: Duration,
    load_cpu: Duration,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    ids: Vec<TransactionId>,
    acceptance: Vec<Duration>,
    samples: JoinSet<Result<Duration>>,
}

/// One connection's work: its transactions in order, each with the time at which it is due.
struct Lane {
    client: Client,
    requests: Vec<(Duration, Vec<Transaction>)>,
}

/// Sends as planned and returns when all is final.
pub async fn send(network: &Network, plan: &Plan, signed: Vec<Vec<Transaction>>) -> Result<Sent> {
    let lanes = lanes(network, plan, signed);
    let waiting = Arc::new(Semaphore::new(plan.connections * 4));
    let before = (network.cpu_time()?, cpu_time(std::process::id())?);
    let start = Instant::now();
    let deadline = start + Duration::from_secs(plan.seconds);
    let mut tasks = JoinSet::new();
    for lane in lanes {
        let deadline = plan.rate.is_none().then_some(deadline);
        tasks.spawn(drive(lane, start, deadline, waiting.clone()));
    }
    let mut all = Vec::new();
    while let Some(seen) = tasks.join_next().await {
        all.push(seen??);
    }
    let sending = start.elapsed();
    let mut sent = Sent {
        ids: Vec::new(),
        sending,
        until_final: Duration::ZERO,
        acceptance: Vec::new(),
        finality: Vec::new(),
        network_cpu: Duration::ZERO,
        load_cpu: Duration::ZERO,
    };
    for seen in all {
        if let Some(last) = seen.ids.last() {
            network.clients[0].wait_final(last, FINAL_MAX).await?;
        }
        sent.acceptance.extend(seen.acceptance);
        sent.ids.extend(seen.ids);
        let mut samples = seen.samples;
        while let Some(sample) = samples.join_next().await {
            sent.finality.push(sample??);
        }
    }
    sent.until_final = start.elapsed();
    sent.network_cpu = network.cpu_time()? - before.0;
    sent.load_cpu = cpu_time(std::process::id())? - before.1;
    sent.acceptance.sort_unstable();
    sent.finality.sort_unstable();
    Ok(sent)
}

/// Deals senders out to connections and connections to validators. A sender stays with one
/// connection, so that its transactions arrive in order.
fn lanes(network: &Network, plan: &Plan, signed: Vec<Vec<Transaction>>) -> Vec<Lane> {
    let validators = &network.clients[..usize::from(VALIDATORS)];
    let mut queues: Vec<Vec<std::vec::IntoIter<Transaction>>> = Vec::new();
    queues.resize_with(plan.connections, Vec::new);
    for (sender, transactions) in signed.into_iter().enumerate() {
        queues[sender % plan.connections].push(transactions.into_iter());
    }
    let lane = |(index, queue): (usize, Vec<std::vec::IntoIter<Transaction>>)| {
        let transactions = round_robin(queue);
        let pause = plan.rate.map_or(0.0, |rate| plan.connections as f64 / rate as f64);
        let offset = pause * index as f64 / plan.connections as f64;
        let requests = transactions.chunks(plan.batch).enumerate().map(|(number, chunk)| {
            let due = offset + pause * (number * plan.batch) as f64;
            (Duration::from_secs_f64(due), chunk.to_vec())
        });
        Lane { client: validators[index % validators.len()].clone(), requests: requests.collect() }
    };
    queues.into_iter().enumerate().map(lane).collect()
}

/// One of each sender, again and again.
fn round_robin(mut queue: Vec<std::vec::IntoIter<Transaction>>) -> Vec<Transaction> {
    let mut transactions = Vec::new();
    loop {
        let before = transactions.len();
        transactions.extend(queue.iter_mut().filter_map(Iterator::next));
        if transactions.len() == before {
            return transactions;
        }
    }
}

async fn drive(
    lane: Lane,
    start: Instant,
    deadline: Option<Instant>,
    waiting: Arc<Semaphore>,
) -> Result<Seen> {
    let mut seen = Seen::default();
    for (due, transactions) in lane.requests {
        tokio::time::sleep_until(start + due).await;
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            break;
        }
        let sent_at = Instant::now();
        let ids = submit(&lane.client, transactions).await?;
        seen.acceptance.push(sent_at.elapsed());
        let before = seen.ids.len();
        seen.ids.extend(ids);
        if before / SAMPLE_EVERY != seen.ids.len() / SAMPLE_EVERY || before == 0 {
            // Never more waiters than this: a network that falls behind is not watched to death.
            if let Ok(permit) = waiting.clone().try_acquire_owned() {
                let (client, id) = (lane.client.clone(), seen.ids[before]);
                seen.samples.spawn(async move {
                    let _permit = permit;
                    let view = client.wait_final(&id, FINAL_MAX).await?;
                    ensure!(view.status == TransactionState::Final, "{id} is not final");
                    Ok(sent_at.elapsed())
                });
            }
        }
    }
    Ok(seen)
}

async fn submit(client: &Client, transactions: Vec<Transaction>) -> Result<Vec<TransactionId>> {
    if let [transaction] = transactions.as_slice() {
        return Ok(vec![client.submit(transaction).await?]);
    }
    let answer = client.submit_batch(transactions).await?;
    let problem = answer.results.iter().find_map(|item| item.problem.as_ref());
    ensure!(problem.is_none(), "refused: {problem:?}");
    Ok(answer.results.into_iter().map(|item| item.id).collect())
}

impl Sent {
    /// The results as a Markdown table.
    pub fn table(&self, plan: &Plan, checked: &Checked, idle: f64, bound: f64) -> String {
        let rate = plan.rate.map_or("as fast as accepted".to_owned(), |rate| format!("{rate}/s"));
        let seconds = self.until_final.as_secs_f64();
        let throughput = self.ids.len() as f64 / seconds;
        let share =
            |cpu: Duration| format!("{:.0}% of a core", 100.0 * cpu.as_secs_f64() / seconds);
        let rows = [
            ("offered", format!("{rate} for {} s, {} a request", plan.seconds, plan.batch)),
            ("transactions", self.ids.len().to_string()),
            ("lost / executed twice", format!("{} / {}", checked.lost, checked.twice)),
            ("accepted in", format!("{:.1} s", self.sending.as_secs_f64())),
            ("throughput, sent to final", format!("{throughput:.0}/s")),
            ("bound: cores / (4 × verify time)", format!("{bound:.0}/s")),
            ("share of the bound", format!("{:.0}%", 100.0 * throughput / bound)),
            ("acceptance p50 / p95 / p99", quantiles(&self.acceptance)),
            ("finality p50 / p95 / p99", quantiles(&self.finality)),
            ("finality samples", self.finality.len().to_string()),
            ("ledger blocks", checked.blocks.to_string()),
            ("CPU of the four validators", share(self.network_cpu)),
            ("CPU of the load generator", share(self.load_cpu)),
            ("CPU of the idle network", format!("{:.1}% of a core", 100.0 * idle)),
        ];
        let line = |(name, value): &(&str, String)| format!("| {name} | {value} |\n");
        let lines: String = rows.iter().map(line).collect();
        format!("| four validators, one machine | |\n|---|---|\n{lines}")
    }
}

fn quantiles(sorted: &[Duration]) -> String {
    let Some(last) = sorted.len().checked_sub(1) else { return "no samples".to_owned() };
    let of = |per_cent: usize| sorted[last * per_cent / 100].as_millis();
    format!("{} / {} / {} ms", of(50), of(95), of(99))
}
