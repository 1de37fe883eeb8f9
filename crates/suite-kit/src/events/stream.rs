//! Events between processes: one Redis Stream that every group reads.
//!
//! A group's entry is acknowledged as soon as it is handled or in the group's inbox, so that retries
//! and dead letters are the inbox's alone. Redis may lose the stream: relays notice that it was restarted and
//! deliver again what it may have lost.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::streams::{StreamAutoClaimReply, StreamId, StreamReadReply};
use redis::{Client, RedisError, RedisResult, Value};
use suite_contracts::{Event, ServiceName};
use tokio_util::sync::CancellationToken;

use super::EventsError;
use super::bus::{BATCH_MAX, Group};
use super::live::Live;
use crate::cache;
use crate::config::Secret;
use crate::retry::Retry;
use crate::service::Tasks;

/// Older entries are dropped: a group that is away for longer misses events.
const ENTRIES_MAX: usize = 200_000;
const CONNECT_MS_MAX: u64 = 1_000;
/// How long one read waits for entries; a stop waits for it.
const BLOCK_MS: u64 = 500;
const ANSWER_MS_MAX: u64 = 5_000;
/// An entry that was read and not acknowledged for so long is read again: its reader is no more.
const STUCK_MS: u64 = 5_000;
const FIELD: &str = "event";
/// All processes of a service read as one: the inbox is theirs together.
const READER: &str = "inbox";
const UNAVAILABLE: Retry = Retry { attempts_max: u32::MAX, delay_ms_min: 100, delay_ms_max: 2_000 };

pub(super) struct Streams {
    client: Client,
    connection: ConnectionManager,
    key: String,
}

impl Streams {
    pub(super) fn open(url: &Secret, prefix: &str) -> Result<Self, EventsError> {
        let client = cache::client(url)?;
        let connection = connect(&client)?;
        Ok(Self { client, connection, key: format!("{prefix}:events") })
    }

    /// Whether Redis is the one that this service's events have gone to.
    pub(super) async fn is_same(&self, service: ServiceName) -> Result<bool, EventsError> {
        let mut connection = self.connection.clone();
        let mut get = redis::cmd("GET");
        let known: Option<String> =
            get.arg(self.run_key(service)).query_async(&mut connection).await?;
        Ok(known == Some(self.run_id().await?))
    }

    /// Appends events.
    pub(super) async fn add(
        &self,
        service: ServiceName,
        events: &[Event],
    ) -> Result<(), EventsError> {
        let mut pipeline = redis::pipe();
        for event in events {
            let body = serde_json::to_string(event)
                .map_err(|error| sea_orm::DbErr::Json(error.to_string()))?;
            let add = pipeline.cmd("XADD").arg(&self.key).arg("MAXLEN").arg("~").arg(ENTRIES_MAX);
            add.arg("*").arg(FIELD).arg(body).ignore();
        }
        let mut connection = self.connection.clone();
        let () = pipeline.query_async(&mut connection).await?;
        // It may have restarted since it was asked.
        if self.is_same(service).await? { Ok(()) } else { Err(EventsError::Restarted) }
    }

    /// Which run of Redis answers.
    pub(super) async fn run_id(&self) -> Result<String, EventsError> {
        let mut connection = self.connection.clone();
        let info: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await?;
        let line = info.lines().find_map(|line| line.strip_prefix("run_id:"));
        Ok(line.unwrap_or_default().trim().to_owned())
    }

    /// Everything of the service that this run may lack is on its way again.
    pub(super) async fn remember(
        &self,
        service: ServiceName,
        run_id: &str,
    ) -> Result<(), EventsError> {
        let mut connection = self.connection.clone();
        let mut set = redis::cmd("SET");
        set.arg(self.run_key(service)).arg(run_id);
        let () = set.query_async(&mut connection).await?;
        Ok(())
    }

    fn run_key(&self, service: ServiceName) -> String {
        format!("{}:run:{service}", self.key)
    }

    /// Begins to fill the inbox of a group. New groups get what is published from now on.
    pub(super) async fn read_group(self: &Arc<Self>, group: Group, tasks: &Tasks) {
        let mut reader = Reader { streams: self.clone(), group, connection: None, was_here: false };
        if let Err(error) = reader.join().await {
            tracing::warn!(group = reader.group.name(), %error, "events wait for redis");
        }
        tasks.spawn("event reader", |stop| reader.run(stop));
    }
}

fn connect(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(Duration::from_millis(CONNECT_MS_MAX)))
        .set_response_timeout(Some(Duration::from_millis(ANSWER_MS_MAX)));
    client.get_connection_manager_lazy(config)
}

/// Fills one group's inbox.
struct Reader {
    streams: Arc<Streams>,
    group: Group,
    /// Of its own, since it blocks; none until the group is known to exist.
    connection: Option<ConnectionManager>,
    /// Whether it has been tried to join before.
    was_here: bool,
}

impl Reader {
    async fn run(mut self, stop: CancellationToken) {
        let mut failures = 0;
        while !stop.is_cancelled() {
            let Err(error) = self.step().await else {
                failures = 0;
                continue;
            };
            failures += 1;
            if failures == 1 {
                tracing::warn!(group = self.group.name(), %error, "events wait");
            }
            self.connection = None;
            let pause = Duration::from_millis(UNAVAILABLE.delay_ms(failures));
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Makes sure of the group. One that is new gets what is published from now on. One that was
    /// here before reads all that there is: Redis lost it, and the inbox knows what it had.
    async fn join(&mut self) -> Result<(), EventsError> {
        let was_here = std::mem::replace(&mut self.was_here, true) || self.group.is_known().await?;
        let from = if was_here { "0" } else { "$" };
        let mut connection = connect(&self.streams.client)?;
        let mut create = redis::cmd("XGROUP");
        create.arg("CREATE").arg(&self.streams.key).arg(self.name()).arg(from).arg("MKSTREAM");
        let created: RedisResult<Value> = create.query_async(&mut connection).await;
        match created {
            Err(error) if error.code() != Some("BUSYGROUP") => return Err(error.into()),
            _ => self.connection = Some(connection),
        }
        Ok(())
    }

    fn name(&self) -> String {
        self.group.name_on_bus()
    }

    async fn step(&mut self) -> Result<(), EventsError> {
        if self.connection.is_none() {
            self.join().await?;
        }
        let stuck = self.claim().await?;
        let entries = if stuck.is_empty() { self.read().await? } else { stuck };
        if entries.is_empty() {
            return Ok(());
        }
        let events: Vec<Event> = entries.iter().filter_map(event).collect();
        self.group.take_in(&events).await?;
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let mut ack = redis::cmd("XACK");
        ack.arg(&self.streams.key).arg(self.name()).arg(ids);
        self.ask::<Value>(&ack).await?;
        Ok(())
    }

    async fn claim(&mut self) -> Result<Vec<StreamId>, EventsError> {
        let mut claim = redis::cmd("XAUTOCLAIM");
        claim.arg(&self.streams.key).arg(self.name()).arg(READER).arg(STUCK_MS).arg("0-0");
        claim.arg("COUNT").arg(BATCH_MAX);
        let reply: StreamAutoClaimReply = self.ask(&claim).await?;
        Ok(reply.claimed)
    }

    async fn read(&mut self) -> Result<Vec<StreamId>, EventsError> {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(self.name()).arg(READER).arg("COUNT").arg(BATCH_MAX);
        read.arg("BLOCK").arg(BLOCK_MS).arg("STREAMS").arg(&self.streams.key).arg(">");
        let reply: Option<StreamReadReply> = self.ask(&read).await?;
        Ok(entries(reply))
    }

    async fn ask<T: redis::FromRedisValue>(
        &mut self,
        command: &redis::Cmd,
    ) -> Result<T, EventsError> {
        let gone = || RedisError::from(std::io::Error::from(std::io::ErrorKind::NotConnected));
        let connection = self.connection.as_mut().ok_or_else(gone)?;
        Ok(command.query_async(connection).await?)
    }
}

fn entries(reply: Option<StreamReadReply>) -> Vec<StreamId> {
    reply.unwrap_or_default().keys.into_iter().flat_map(|key| key.ids).collect()
}

fn event(entry: &StreamId) -> Option<Event> {
    let body: Option<String> = entry.get(FIELD);
    let event = body.and_then(|body| serde_json::from_str(&body).ok());
    if event.is_none() {
        tracing::error!(entry = entry.id, "an entry of the stream of events is no event");
    }
    event
}

/// Hears everything from now on, for live streams.
pub(super) struct Tail {
    client: Client,
    key: String,
}

impl Tail {
    pub(super) fn new(streams: &Streams) -> Self {
        Self { client: streams.client.clone(), key: streams.key.clone() }
    }

    pub(super) async fn run(self, live: Arc<Live>, stop: CancellationToken) {
        let mut failures = 0;
        while !stop.is_cancelled() {
            if let Err(error) = self.follow(&live, &stop, &mut failures).await {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(%error, "live events wait for redis");
                }
                let pause = Duration::from_millis(UNAVAILABLE.delay_ms(failures));
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }

    async fn follow(
        &self,
        live: &Live,
        stop: &CancellationToken,
        failures: &mut u32,
    ) -> RedisResult<()> {
        let mut connection = connect(&self.client)?;
        let mut last = redis::cmd("XREVRANGE");
        last.arg(&self.key).arg("+").arg("-").arg("COUNT").arg(1);
        let last: redis::streams::StreamRangeReply = last.query_async(&mut connection).await?;
        let mut after = last.ids.first().map_or("0-0".to_owned(), |entry| entry.id.clone());
        if *failures > 0 {
            // What came meanwhile is not told one by one.
            live.tell_gap();
            *failures = 0;
        }
        while !stop.is_cancelled() {
            let mut read = redis::cmd("XREAD");
            read.arg("COUNT").arg(BATCH_MAX).arg("BLOCK").arg(BLOCK_MS);
            read.arg("STREAMS").arg(&self.key).arg(&after);
            let reply: Option<StreamReadReply> = read.query_async(&mut connection).await?;
            for entry in entries(reply) {
                if let Some(event) = event(&entry) {
                    live.tell(&event);
                }
                after = entry.id;
            }
        }
        Ok(())
    }
}
