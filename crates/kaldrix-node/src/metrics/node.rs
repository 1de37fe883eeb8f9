//! The node and its consensus, read from the handle when a scraper asks.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeMetric, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Unit;

use crate::handle::{NodeHandle, NodeStatus, Role};
use crate::histogram::{BOUNDS_S, HistogramSnapshot};
use crate::participation;

#[derive(Debug)]
pub(super) struct NodeMetrics {
    node: NodeHandle,
}

impl NodeMetrics {
    pub(super) fn new(node: NodeHandle) -> Self {
        Self { node }
    }
}

impl Collector for NodeMetrics {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let status = self.node.status();
        let mut writer = Writer(encoder);
        self.node_metrics(&mut writer, &status)?;
        self.network_metrics(&mut writer)?;
        self.participation(&mut writer, &status)?;
        consensus(&mut writer, &status)?;
        leaders(&mut writer, &status)?;
        transactions(&mut writer, &status)?;
        writer.finality(&self.node.finality())
    }
}

impl NodeMetrics {
    fn node_metrics(&self, writer: &mut Writer<'_>, status: &NodeStatus) -> fmt::Result {
        let (info, health) = (self.node.info(), self.node.health());
        let role = match info.role {
            Role::Validator { .. } => "validator",
            Role::Full => "full",
        };
        let labels = vec![
            ("name", info.name.clone()),
            ("role", role.to_owned()),
            ("version", info.version.to_owned()),
            ("chain_id", status.chain_id.to_string()),
            ("peer_id", info.peer_id.to_string()),
        ];
        writer.info("kaldrix_node", "Who this node is", labels)?;
        writer.gauge("kaldrix_node_up", "1: this node runs", 1u64)?;
        writer.gauge(
            "kaldrix_node_ready",
            "1: it is at the head, among a quorum of peers, its store sound",
            u64::from(health.ready),
        )?;
        writer.gauge(
            "kaldrix_uptime_seconds",
            "Time since this node started",
            status.uptime.as_secs_f64(),
        )?;
        writer.gauge(
            "kaldrix_height_blocks",
            "Height of the last executed ledger block",
            status.tip.height,
        )?;
        writer.gauge(
            "kaldrix_final_height_blocks",
            "Height of the last final ledger block",
            status.final_height,
        )?;
        writer.gauge(
            "kaldrix_block_timestamp_seconds",
            "Time of the last executed ledger block, since 1970",
            status.tip_timestamp_ms as f64 / 1000.0,
        )?;
        writer.gauge(
            "kaldrix_round_number",
            "Round of the DAG that the next proposal is for",
            status.snapshot.round,
        )
    }

    fn network_metrics(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let connected = self.node.peers().iter().filter(|peer| peer.connection.is_some()).count();
        let expected = self.node.expected_peers().len();
        let totals = self.node.network_totals();
        writer.gauge("kaldrix_peers_connected", "Peers that are connected", connected)?;
        writer.gauge("kaldrix_peers_expected", "Peers that are configured", expected)?;
        let help = "Bytes of frames received from peers";
        writer.counter("kaldrix_network_received_bytes", help, totals.bytes_in)?;
        let help = "Bytes of frames sent to peers";
        writer.counter("kaldrix_network_sent_bytes", help, totals.bytes_out)?;
        let help = "Frames that found the queue to their peer full";
        writer.counter("kaldrix_network_dropped_frames", help, totals.frames_dropped)
    }

    fn participation(&self, writer: &mut Writer<'_>, status: &NodeStatus) -> fmt::Result {
        let committee = &self.node.genesis().committee;
        let help = "Of the last committed rounds, the share with a block of this validator";
        let name = "kaldrix_participation_ratio";
        let mut encoder = writer.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for one in &status.participation {
            let member = committee.member(one.author);
            let name = member.map(kaldrix_types::Member::name).unwrap_or_default();
            let labels = [("validator", name), ("index", one.author.to_string())];
            let gauge = ConstGauge::new(participation::ratio(one));
            gauge.encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

fn consensus(writer: &mut Writer<'_>, status: &NodeStatus) -> fmt::Result {
    let counters = &status.counters;
    writer.counter(
        "kaldrix_blocks_produced",
        "Blocks of the DAG that this validator proposed",
        counters.blocks_proposed,
    )?;
    writer.counter(
        "kaldrix_blocks_accepted",
        "Blocks of the DAG that this node accepted, its own included",
        counters.blocks_accepted,
    )?;
    let help = "Blocks of the DAG that this node refused, by reason";
    writer.by_label("kaldrix_blocks_rejected", help, "reason", &status.work.blocks_refused)?;
    let help = "Votes for ledger blocks that this validator cast";
    writer.counter("kaldrix_votes_cast", help, counters.votes_cast)?;
    let help = "Votes for ledger blocks that this node counted";
    writer.counter("kaldrix_votes_counted", help, counters.votes_counted)?;
    let help = "Certificates that this node gathered";
    writer.counter("kaldrix_certificates_gathered", help, counters.certificates)?;
    let help = "Authors seen with two blocks in one round";
    writer.counter("kaldrix_equivocations_seen", help, counters.equivocations)?;
    let help = "Times that this node fetched what it missed";
    writer.counter("kaldrix_catch_ups_started", help, counters.catch_ups)
}

fn leaders(writer: &mut Writer<'_>, status: &NodeStatus) -> fmt::Result {
    let counters = &status.counters;
    let committed = [
        ("direct", counters.leaders_committed_directly),
        ("indirect", counters.leaders_committed_indirectly),
    ];
    let help = "Leaders committed, by the rule that decided";
    writer.by_label("kaldrix_leaders_committed", help, "rule", &committed)?;
    let skipped = [
        ("direct", counters.leaders_skipped_directly),
        ("indirect", counters.leaders_skipped_indirectly),
    ];
    let help = "Leaders skipped, by the rule that decided";
    writer.by_label("kaldrix_leaders_skipped", help, "rule", &skipped)?;
    let help = "Rounds whose leader was waited for in vain";
    writer.counter("kaldrix_leader_timeouts", help, counters.leader_timeouts)
}

fn transactions(writer: &mut Writer<'_>, status: &NodeStatus) -> fmt::Result {
    let work = &status.work;
    let help = "Transactions that this node executed";
    writer.counter("kaldrix_transactions_executed", help, work.transactions_executed)?;
    let help = "Transactions accepted from clients";
    writer.counter("kaldrix_transactions_accepted", help, work.transactions_accepted)?;
    let help = "Transactions refused";
    writer.counter("kaldrix_transactions_refused", help, work.transactions_refused)?;
    let help = "Witnesses that this node verified";
    writer.counter("kaldrix_witnesses_verified", help, work.witnesses_verified)?;
    let help = "Transactions that wait for a block";
    writer.gauge("kaldrix_mempool_transactions", help, status.mempool.transactions)?;
    let help = "Bytes of the transactions that wait for a block";
    writer.gauge("kaldrix_mempool_bytes", help, status.mempool.bytes)
}

/// Writes values that were counted elsewhere. To a counter's name the format adds `_total`.
struct Writer<'a>(DescriptorEncoder<'a>);

impl Writer<'_> {
    fn gauge<V: EncodeGaugeValue + Clone>(
        &mut self,
        name: &str,
        help: &str,
        value: V,
    ) -> fmt::Result
    where
        ConstGauge<V>: EncodeMetric,
    {
        let encoder = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(value).encode(encoder)
    }

    fn counter<V: EncodeCounterValue>(&mut self, name: &str, help: &str, value: V) -> fmt::Result
    where
        ConstCounter<V>: EncodeMetric,
    {
        let encoder = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(value).encode(encoder)
    }

    /// One counter for each value of a label.
    fn by_label(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: &[(&'static str, u64)],
    ) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (value, count) in values {
            let labels = [(label, *value)];
            ConstCounter::new(*count).encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn info(&mut self, name: &str, help: &str, labels: Vec<(&str, String)>) -> fmt::Result {
        let labels: Vec<(String, String)> =
            labels.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
        let encoder = self.0.encode_descriptor(name, help, None, MetricType::Info)?;
        Info::new(labels).encode(encoder)
    }

    fn finality(&mut self, histogram: &HistogramSnapshot) -> fmt::Result {
        let help = "Time from a transaction's acceptance by this node to its finality";
        let unit = Some(&Unit::Seconds);
        let kind = MetricType::Histogram;
        let mut encoder = self.0.encode_descriptor("kaldrix_finality", help, unit, kind)?;
        let bounds = BOUNDS_S.into_iter().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(histogram.counts).collect();
        encoder.encode_histogram::<NoLabelSet>(histogram.sum_s, histogram.count(), &buckets, None)
    }
}
