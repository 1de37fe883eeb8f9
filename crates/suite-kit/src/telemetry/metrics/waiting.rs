//! What waits in a service's tables, looked up when somebody asks for the metrics.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use sea_orm::DbErr;

use crate::db::Database;
use crate::{events, jobs};

const LOOK_MS_MAX: u64 = 2_000;

/// Of what a service has once.
type Unlabelled = Vec<(String, String)>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Group {
    group: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GroupState {
    group: String,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindState {
    kind: String,
    state: String,
}

type Seconds = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, Default)]
pub(super) struct Waiting {
    outbox: Family<Unlabelled, Gauge>,
    outbox_lag: Family<Unlabelled, Seconds>,
    inbox: Family<GroupState, Gauge>,
    inbox_lag: Family<Group, Seconds>,
    jobs: Family<KindState, Gauge>,
}

impl Waiting {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let own = Self::default();
        let (outbox, outbox_lag) = (own.outbox.clone(), own.outbox_lag.clone());
        registry.register("itechsmart_outbox_events", "Events to be delivered", outbox);
        let help = "How long the oldest event has waited for its delivery";
        registry.register("itechsmart_outbox_lag_seconds", help, outbox_lag);
        let help = "Events to be handled by a group of consumers, or given up by it: waiting, dead";
        registry.register("itechsmart_inbox_events", help, own.inbox.clone());
        let help = "How long the oldest event that is due has waited for its group";
        registry.register("itechsmart_inbox_lag_seconds", help, own.inbox_lag.clone());
        let help = "Jobs that are not done: waiting, running, dead";
        registry.register("itechsmart_jobs", help, own.jobs.clone());
        own
    }

    pub(super) async fn look(&self, database: &Database, now_ms: i64) {
        self.outbox.clear();
        self.outbox_lag.clear();
        self.inbox.clear();
        self.inbox_lag.clear();
        self.jobs.clear();
        let limit = Duration::from_millis(LOOK_MS_MAX);
        match tokio::time::timeout(limit, self.try_look(database, now_ms)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "metrics lack what waits in tables"),
            Err(_) => tracing::debug!("metrics lack what waits in tables: it took too long"),
        }
    }

    async fn try_look(&self, database: &Database, now_ms: i64) -> Result<(), DbErr> {
        if database.outage().is_known() {
            return Ok(());
        }
        let read = database.read();
        let (events, oldest_ms) = events::outbox_depth(read).await?;
        self.outbox.get_or_create(&Vec::new()).set(events);
        self.outbox_lag.get_or_create(&Vec::new()).set(waited_s(oldest_ms, now_ms));
        for depth in events::inbox_depths(read).await? {
            let (group, state) = (depth.group_name, depth.state);
            if state == events::WAITING {
                let lag = self.inbox_lag.get_or_create(&Group { group: group.clone() });
                lag.set(waited_s(depth.oldest_ms, now_ms));
            }
            self.inbox.get_or_create(&GroupState { group, state }).set(depth.count);
        }
        for (kind, state, count) in jobs::depths(read).await? {
            self.jobs.get_or_create(&KindState { kind, state }).set(count);
        }
        Ok(())
    }
}

/// What is due later has not waited.
fn waited_s(since_ms: Option<i64>, now_ms: i64) -> f64 {
    let waited_ms = since_ms.map_or(0, |since_ms| now_ms.saturating_sub(since_ms).max(0));
    Duration::from_millis(waited_ms.cast_unsigned()).as_secs_f64()
}
