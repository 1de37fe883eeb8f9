//! The catalog's work in the background: approvals are moved on as time passes and people change,
//! what clocks show is told, and counted anew after a calendar changed, files that belong to nothing
//! are collected, and tenants that are gone are forgotten.

use async_trait::async_trait;
use suite_contracts::Event;
use suite_kit::db::Transaction;
use suite_kit::events::{Consumer, Failure as NotHandled, Handler};
use suite_kit::jobs::{Failure, Retry, Running, Work, Worker};

use crate::service::{
    Catalog, FORGET, PEOPLE_EVENTS, RECOUNT, RECOUNT_DONE, ROLL, TENANT_EVENTS, WRITE_LETTER,
    WRITE_TICKET_LETTER,
};

/// How often it is looked for approvals and clocks that are due.
const LOOK_MS: u64 = 5_000;

/// How often it is looked for files to collect.
const COLLECT_MS: u64 = 60_000;

/// How often it is looked for messages that nobody looked at, and for links that are over.
const TIDY_MS: u64 = 10 * 60_000;

/// Years of tickets may be done.
const RECOUNT_DONE_MS_MAX: u64 = 3_600_000;

/// A tenant may have much to be forgotten, and object storage may be away for days.
const FORGET_MS_MAX: u64 = 3_600_000;
const FORGET_DELAY_MS_MAX: u64 = 3_600_000;

/// What does the catalog's jobs.
pub(crate) fn workers(catalog: &Catalog) -> Vec<Worker> {
    vec![
        Worker::every(ROLL, LOOK_MS, RollMeasures(catalog.clone())),
        Worker::every("approvals.look", LOOK_MS, LookAtApprovals(catalog.clone())),
        Worker::every("clocks.look", LOOK_MS, LookAtClocks(catalog.clone())),
        Worker::every("escalations.look", LOOK_MS, LookAtEscalations(catalog.clone())),
        Worker::every("files.collect", COLLECT_MS, CollectFiles(catalog.clone())),
        Worker::every("mail.tidy", TIDY_MS, TidyMail(catalog.clone())),
        Worker::every("decision-links.tidy", TIDY_MS, TidyLinks(catalog.clone())),
        Worker::new(WRITE_TICKET_LETTER, WriteTicketLetter(catalog.clone())),
        Worker::new(WRITE_LETTER, WriteLetter(catalog.clone())),
        Worker::new(RECOUNT, RecountTickets(catalog.clone())),
        Worker {
            run_ms_max: RECOUNT_DONE_MS_MAX,
            ..Worker::new(RECOUNT_DONE, RecountTickets(catalog.clone()))
        },
        Worker {
            run_ms_max: FORGET_MS_MAX,
            retry: Retry { delay_ms_max: FORGET_DELAY_MS_MAX, ..Retry::DEFAULT },
            ..Worker::new(FORGET, ForgetTenant(catalog.clone()))
        },
    ]
}

/// What hears of people who come and go, and of tenants that are gone.
pub(crate) fn followers(catalog: &Catalog) -> [Consumer; 2] {
    [
        Consumer::new("approvals", PEOPLE_EVENTS, FollowPeople(catalog.clone())),
        Consumer::new("tenants", TENANT_EVENTS, FollowTenants(catalog.clone())),
    ]
}

struct LookAtApprovals(Catalog);

#[async_trait]
impl Work for LookAtApprovals {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.look_at_due().await?)
    }
}

struct LookAtClocks(Catalog);

#[async_trait]
impl Work for LookAtClocks {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.look_at_clocks().await?)
    }
}

struct LookAtEscalations(Catalog);

#[async_trait]
impl Work for LookAtEscalations {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.look_at_escalations().await?)
    }
}

struct RollMeasures(Catalog);

#[async_trait]
impl Work for RollMeasures {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.roll_measures().await?)
    }
}

struct CollectFiles(Catalog);

#[async_trait]
impl Work for CollectFiles {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.collect_files().await?)
    }
}

struct WriteLetter(Catalog);

#[async_trait]
impl Work for WriteLetter {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        Ok(self.0.write_letter(job.payload()?).await?)
    }
}

struct WriteTicketLetter(Catalog);

#[async_trait]
impl Work for WriteTicketLetter {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        Ok(self.0.write_ticket_letter(job.payload()?).await?)
    }
}

struct TidyMail(Catalog);

#[async_trait]
impl Work for TidyMail {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.tidy_mail().await?)
    }
}

struct TidyLinks(Catalog);

#[async_trait]
impl Work for TidyLinks {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        Ok(self.0.tidy_links().await?)
    }
}

struct RecountTickets(Catalog);

#[async_trait]
impl Work for RecountTickets {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        Ok(self.0.recount(job.payload()?).await?)
    }
}

struct FollowPeople(Catalog);

#[async_trait]
impl Handler for FollowPeople {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), NotHandled> {
        Ok(self.0.people_changed(transaction, event).await?)
    }
}

struct ForgetTenant(Catalog);

#[async_trait]
impl Work for ForgetTenant {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        Ok(self.0.forget_tenant(job.payload()?).await?)
    }
}

struct FollowTenants(Catalog);

#[async_trait]
impl Handler for FollowTenants {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), NotHandled> {
        Ok(self.0.tenant_removed(transaction, event).await?)
    }
}
