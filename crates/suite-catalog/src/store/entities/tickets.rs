//! Of tickets, and the levels that they are counted by.

/// Never changed. A desk without any has the defaults, which are number 0.
pub mod service_levels {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_levels")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// From 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        /// A document.
        pub content: String,
        pub created_at_ms: i64,
    }
    no_relations!();
}

/// What it stands at follows from its events; what its clocks show is kept for lists alone, and can
/// be computed again.
pub mod ticket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// As people say it; unique in the tenant.
        pub number: i64,
        pub kind: String,
        pub title: String,
        pub description: String,
        pub state: String,
        /// Neither resolved nor closed.
        pub is_open: bool,
        pub requester_id: Uuid,
        pub group_id: Option<Uuid>,
        pub assignee_id: Option<Uuid>,
        pub impact: String,
        pub urgency: String,
        /// 1 for P1.
        pub priority: i32,
        pub tier: i32,
        /// A JSON list.
        pub tags: String,
        /// How it was solved, while it is.
        pub solution: Option<String>,
        /// By which it is counted; around the clock if there is none.
        pub calendar_id: Option<Uuid>,
        /// The number of the levels that it is counted by.
        pub levels: i64,
        pub created_at_ms: i64,
        pub updated_at_ms: i64,
        pub resolved_at_ms: Option<i64>,
        pub closed_at_ms: Option<i64>,
        /// How many there are: the number of the last.
        pub events: i32,
        /// Of which clocks was told that they warn or are breached: a JSON list.
        pub told: String,
        /// When the clock of the answer is due, while it runs, or was, once it is breached.
        pub response_due_ms: Option<i64>,
        pub resolution_due_ms: Option<i64>,
        /// When the next of both is due; [`i64::MAX`] if none is.
        pub due_at_ms: i64,
        /// When the first of both warns, or has.
        pub warn_at_ms: Option<i64>,
        /// After this instant a promise is broken.
        pub breach_at_ms: Option<i64>,
        /// When to look at it again, if nobody does before.
        pub look_at_ms: Option<i64>,
        pub version: i64,
        /// The day of its creation, by UTC, in days since 1970.
        pub created_day: i32,
        /// What the clock of the answer counted until it stopped.
        pub response_ms: Option<i64>,
        /// Whether that promise was kept, once that is certain.
        pub response_kept: Option<bool>,
        /// What the clock of the solution counted until it stopped.
        pub resolution_ms: Option<i64>,
        pub resolution_kept: Option<bool>,
        /// It came to a higher tier, or onto a ladder.
        pub is_escalated: bool,
        /// What its requester thinks of it, from 1 to 5.
        pub score: Option<i32>,
        /// It was closed for another: no measure counts it.
        pub is_merged: bool,
    }
    no_relations!();
}

/// Something that happened to a ticket. Only ever added.
pub mod ticket_event {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        /// From 1, in the order of recording.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub tenant_id: Uuid,
        pub at_ms: i64,
        pub kind: String,
        /// Whether the requester sees it.
        pub is_public: bool,
        /// As in the audit trail.
        pub actor_kind: String,
        pub actor_id: Option<Uuid>,
        pub actor_name: String,
        /// What somebody wrote.
        pub text: Option<String>,
        /// What changed: JSON.
        pub detail: String,
        /// What clocks count it as: a document.
        pub counts: Option<String>,
    }
    no_relations!();
}
