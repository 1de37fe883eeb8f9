//! A year of tickets, written into the tables.

use anyhow::{Context, Result, ensure};
use sea_orm::{ConnectionTrait, Statement};
use suite_kit::db::{Database, Engine};
use uuid::Uuid;

use crate::desk::Desk;
use crate::words::{Dice, sentence};

const YEAR_MS: u64 = 365 * 24 * 3_600_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Of a ticket.
const EVENTS: u64 = 10;
/// Tickets in a statement, and statements in a transaction.
const ROWS: usize = 100;
const STATEMENTS: u64 = 100;
const TICKETS_OF: &str = "INSERT INTO ticket (id, tenant_id, number, kind, title, description, \
    state, is_open, requester_id, group_id, assignee_id, impact, urgency, priority, tier, tags, \
    solution, calendar_id, levels, created_at_ms, updated_at_ms, resolved_at_ms, closed_at_ms, \
    events, told, due_at_ms, version, created_day, response_ms, is_escalated, resolution_ms, \
    resolution_kept, score) VALUES ";
const EVENTS_OF: &str = "INSERT INTO ticket_event (ticket_id, number, tenant_id, at_ms, kind, \
    is_public, actor_kind, actor_id, actor_name, text, detail, counts) VALUES ";

/// Whoever was to be told of a clock has been, in the course of the year.
const TOLD: &str = r#"[["response",false],["response",true],["resolution",false],["resolution",true],["tier:1",false],["tier:1",true],["tier:2",false],["tier:2",true],["tier:3",false],["tier:3",true]]"#;

/// What was written.
pub struct Filled {
    pub tickets: u64,
    pub open: u64,
    pub events: u64,
    /// Some of the tickets, open and closed.
    pub ids: Vec<Uuid>,
}

/// One ticket's lines of a statement.
struct Filler {
    engine: Engine,
    tenant: Uuid,
    calendar: Uuid,
    groups: Vec<Uuid>,
    people: Vec<Uuid>,
    dice: Dice,
    started_ms: u64,
    tickets: u64,
    filled: Filled,
}

pub async fn fill(desk: &Desk, tickets: u64) -> Result<Filled> {
    let database = desk.database()?;
    let now_ms = u64::try_from(desk.app.clock.now_ms())?;
    let ids =
        |texts: &[String]| texts.iter().map(|id| id.parse()).collect::<Result<Vec<Uuid>, _>>();
    let mut filler = Filler {
        engine: database.engine(),
        tenant: desk.tenant.parse()?,
        calendar: desk.calendar.parse()?,
        groups: ids(&desk.groups)?,
        people: ids(&desk.people)?,
        dice: Dice(1),
        started_ms: now_ms - YEAR_MS,
        tickets,
        filled: Filled { tickets, open: 0, events: tickets * EVENTS, ids: Vec::new() },
    };
    let mut number = 0;
    while number < tickets {
        if number % 50_000 == 0 {
            eprintln!("{number} of {tickets} tickets");
        }
        let transaction = database.begin().await?;
        if filler.engine == Engine::Postgres {
            // Rows that belong to each other are written together here.
            let alone = "SET LOCAL session_replication_role = replica";
            transaction.execute_unprepared(alone).await?;
        }
        for _ in 0..STATEMENTS {
            let (mut rows, mut events) = (TICKETS_OF.to_owned(), EVENTS_OF.to_owned());
            let first = number;
            while number < tickets && number < first + ROWS as u64 {
                number += 1;
                filler.ticket(number, (&mut rows, &mut events));
            }
            for mut statement in [rows, events] {
                if statement.pop() == Some(',') {
                    transaction.execute_unprepared(&statement).await?;
                }
            }
        }
        transaction.commit_unaudited("of the bench").await?;
    }
    finish(&database, &filler).await?;
    Ok(filler.filled)
}

/// Numbers go on from there.
async fn finish(database: &Database, filler: &Filler) -> Result<()> {
    let (tickets, tenant) = (filler.tickets, filler.id(filler.tenant));
    let update = format!(
        "INSERT INTO desk (tenant_id, tickets, default_calendar_id) VALUES ({tenant}, {tickets}, {}) \
         ON CONFLICT (tenant_id) DO UPDATE SET tickets = excluded.tickets, \
         default_calendar_id = excluded.default_calendar_id",
        filler.id(filler.calendar)
    );
    let transaction = database.begin().await?;
    transaction.execute_unprepared(&update).await?;
    transaction.commit_unaudited("of the bench").await?;
    let backend = database.read().get_database_backend();
    let count = Statement::from_string(backend, "SELECT COUNT(*) AS rows FROM ticket_event");
    let row = database.read().query_one_raw(count).await?.context("no count")?;
    let events: i64 = row.try_get("", "rows")?;
    ensure!(u64::try_from(events)? == filler.filled.events, "{events} events were written");
    Ok(())
}

/// The planner knows what is there, and what is gone is tidied up, as PostgreSQL does it by itself in
/// the course of a year: not while something is measured.
pub async fn analyse(desk: &Desk) -> Result<()> {
    eprintln!("analysing");
    let database = desk.database()?;
    let Some(url) = &desk.app.place.config.database_url else {
        let transaction = database.begin().await?;
        transaction.execute_unprepared("ANALYZE").await?;
        return Ok(transaction.commit_unaudited("of the bench").await?);
    };
    // It takes longer than a statement of the product may.
    let alone = sea_orm::Database::connect(url.expose()).await?;
    alone.execute_unprepared("VACUUM ANALYZE").await?;
    // Nor are gigabytes written then that were filled before.
    alone.execute_unprepared("CHECKPOINT").await?;
    Ok(alone.close().await?)
}

impl Filler {
    fn id(&self, id: Uuid) -> String {
        match self.engine {
            Engine::Postgres => format!("'{id}'"),
            Engine::Sqlite => format!("x'{}'", id.simple()),
        }
    }

    /// Writes a ticket's line, and those of its events.
    fn ticket(&mut self, number: u64, (rows, events): (&mut String, &mut String)) {
        let drawn = self.draw(number);
        if drawn.is_open() {
            self.filled.open += 1;
        }
        if self.dice.roll(self.tickets / 1_000) == 0 {
            self.filled.ids.push(drawn.id);
        }
        rows.push_str(&self.row(&drawn));
        for (index, event) in drawn.events(self.calendar).into_iter().enumerate() {
            events.push_str(&self.event(&drawn, index + 1, event));
        }
    }

    fn draw(&mut self, number: u64) -> Drawn {
        let at_ms = self.started_ms + YEAR_MS / self.tickets * (number - 1);
        // The last days are open mostly; of the rest every twentieth is.
        let is_recent = number > self.tickets - self.tickets / 20;
        let is_open = is_recent || self.dice.roll(19) == 0;
        let state = match (is_open, self.dice.roll(10)) {
            (true, 0..2) => "new",
            (true, 2..7) => "open",
            (true, 7..9) => "pending_customer",
            (true, _) => "pending_vendor",
            (false, _) => "closed",
        };
        let priority = match self.dice.roll(100) {
            0 => 1,
            1..10 => 2,
            10..60 => 3,
            _ => 4,
        };
        let agents = self.people.len() / 3;
        Drawn {
            id: uuid(at_ms, number),
            number,
            at_ms,
            state,
            priority,
            tier: 1 + self.dice.roll(10) / 5 + self.dice.roll(10) / 9,
            group: *self.dice.pick(&self.groups),
            agent: *self.dice.pick(&self.people[..agents]),
            requester: *self.dice.pick(&self.people),
            resolved_ms: at_ms + (1 + self.dice.roll(60)) * HOUR_MS,
        }
    }

    fn row(&mut self, drawn: &Drawn) -> String {
        let Drawn { number, at_ms, state, priority, tier, .. } = *drawn;
        let is_open = drawn.is_open();
        let ended = |at_ms: u64| if is_open { "NULL".to_owned() } else { at_ms.to_string() };
        let updated_ms = if is_open { at_ms + 5 * HOUR_MS } else { drawn.closed_ms() };
        let (title, body) = (sentence(&mut self.dice, 7), sentence(&mut self.dice, 40));
        let assignee = if state == "new" { "NULL".to_owned() } else { self.id(drawn.agent) };
        let solution = match is_open {
            true => "NULL".to_owned(),
            false => format!("'{}'", sentence(&mut self.dice, 8)),
        };
        let (urgency, due_ms) = (["high", "high", "medium", "low"][priority - 1], i64::MAX);
        format!(
            "({},{},{number},'incident','{title}','{body}','{state}',{is_open},{},{},{assignee},\
             'medium','{urgency}',{priority},{tier},'[]',{solution},{},0,{at_ms},{updated_ms},{},{},\
             {EVENTS},'{TOLD}',{due_ms},1,{},{},{},{},{},{}),",
            self.id(drawn.id),
            self.id(self.tenant),
            self.id(drawn.requester),
            self.id(drawn.group),
            self.id(self.calendar),
            ended(drawn.resolved_ms),
            ended(drawn.closed_ms()),
            at_ms / DAY_MS,
            if state == "new" { "NULL".to_owned() } else { (HOUR_MS / 2).to_string() },
            state == "new" && self.dice.roll(2) == 0,
            ended(drawn.resolved_ms - at_ms),
            self.dice.roll(20) != 0,
            if !is_open && self.dice.roll(3) == 0 { "5" } else { "NULL" },
        )
    }

    fn event(&mut self, drawn: &Drawn, number: usize, event: Event) -> String {
        let Event { after_ms, kind, counts } = event;
        let is_talk = matches!(kind, "replied" | "noted");
        let text = match is_talk {
            true => format!("'{}'", sentence(&mut self.dice, 12)),
            false => "NULL".to_owned(),
        };
        let counts = counts.map_or_else(
            || "NULL".to_owned(),
            |change| format!(r#"'{{"version":1,"content":[{change}]}}'"#),
        );
        format!(
            "({},{number},{},{},'{kind}',{},'user',{},'Person',{text},'{{}}',{counts}),",
            self.id(drawn.id),
            self.id(self.tenant),
            drawn.at_ms + after_ms,
            kind != "noted",
            self.id(drawn.agent),
        )
    }
}

/// A ticket, before it is written.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    id: Uuid,
    number: u64,
    at_ms: u64,
    state: &'static str,
    priority: usize,
    tier: u64,
    group: Uuid,
    agent: Uuid,
    requester: Uuid,
    /// If it is.
    resolved_ms: u64,
}

/// Something that happened to it.
struct Event {
    after_ms: u64,
    kind: &'static str,
    counts: Option<String>,
}

impl Drawn {
    fn is_open(&self) -> bool {
        self.state != "closed"
    }

    fn closed_ms(&self) -> u64 {
        self.resolved_ms + 7 * 24 * HOUR_MS
    }

    fn events(&self, calendar: Uuid) -> Vec<Event> {
        let Self { priority, tier, group, state, .. } = self;
        let created = format!(
            r#"{{"created":{{"priority":{priority},"calendar":"{calendar}","tier":{tier},"group":"{group}"}}}}"#
        );
        let moved = |state: &str| format!(r#"{{"state":"{state}"}}"#);
        let opened = (*state != "new").then(|| moved("open"));
        let waits = state.starts_with("pending").then(|| moved(state));
        let replied = (*state != "new").then(|| r#""replied""#.to_owned());
        let [resolved, closed] =
            ["resolved", "closed"].map(|state| (!self.is_open()).then(|| moved(state)));
        let all = [
            (0, "created", Some(created)),
            (HOUR_MS / 4, "assigned", None),
            (HOUR_MS / 3, "state_changed", opened),
            (HOUR_MS / 2, "replied", replied),
            (HOUR_MS, "noted", None),
            (2 * HOUR_MS, "replied", None),
            (3 * HOUR_MS, "changed", None),
            (4 * HOUR_MS, "state_changed", waits),
            (self.resolved_ms - self.at_ms, "state_changed", resolved),
            (self.closed_ms() - self.at_ms, "state_changed", closed),
        ];
        let events = all.into_iter();
        events.map(|(after_ms, kind, counts)| Event { after_ms, kind, counts }).collect()
    }
}

/// Of version 7, as the catalog makes them.
fn uuid(at_ms: u64, number: u64) -> Uuid {
    let tail = u128::from(number) | (0b10 << 62);
    Uuid::from_u128((u128::from(at_ms) << 80) | (7 << 76) | tail)
}
