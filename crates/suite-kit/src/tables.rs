//! The kit's own tables, which every service's database has: each module makes its own.

use sea_orm_migration::MigrationTrait;

use crate::{audit, events, jobs, notify, service};

/// Oldest first.
pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(audit::CreateTables),
        Box::new(events::CreateOutbox),
        Box::new(events::CreateInbox),
        Box::new(jobs::CreateJobs),
        Box::new(notify::CreateNotifications),
        Box::new(service::CreateKeys),
    ]
}
