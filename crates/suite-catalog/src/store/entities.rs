//! The catalog's tables as SeaORM sees them. Times are milliseconds since 1970, prices are in
//! millionths.

macro_rules! no_relations {
    () => {
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    };
}

mod articles;
mod bundles;
mod decision_links;
mod desk;
mod escalations;
mod files;
mod incidents;
mod linking;
mod mail;
mod measures;
mod option_lists;
mod problems;
mod ratings;
mod status;
mod ticket_views;
mod tickets;

pub use articles::{article, article_feedback, article_group, article_version, ticket_article};
pub use bundles::bundle_part;
pub use decision_links::decision_link;
pub use desk::{calendar, calendar_version, service_desk};
pub use escalations::{escalation_ladder, ticket_climb};
pub use files::{file, file_usage};
pub use incidents::{
    incident_entry, incident_review, incident_role, incident_ticket, major_incident, review_action,
    review_template,
};
pub use linking::{canned_answer, ticket_follower, ticket_link, ticket_merge};
pub use mail::{mail_desk, mail_message};
pub use measures::{ticket_day, ticket_day_changed, ticket_days};
pub use option_lists::option_list;
pub use problems::{numbering, problem};
pub use ratings::ticket_rating;
pub use status::{
    incident_component, maintenance_component, status_change, status_component, status_maintenance,
    status_page,
};
pub use ticket_views::ticket_view;
pub use tickets::{service_levels, ticket, ticket_event};

/// A tenant's catalog, from its first use on.
pub mod catalog {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalog")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// How many there were: the number of the last.
        pub requests: i64,
        pub created_at_ms: i64,
        /// What prices are in.
        pub currency: Option<String>,
        pub settings_version: i64,
    }
    no_relations!();
}

pub mod category {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "category")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Unique in the tenant.
        pub name: String,
        pub description: String,
        /// The lowest comes first; of the same, by name.
        pub position: i32,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod cost_centre {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cost_centre")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Unique in the tenant.
        pub code: String,
        pub name: String,
        /// A member, who may be asked to approve.
        pub owner_id: Uuid,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

/// What lists show is that of the published version, or of the draft where there is none.
pub mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub category_id: Uuid,
        pub name: String,
        pub summary: String,
        pub price_millionths: i64,
        /// `draft`, `published` or `withdrawn`.
        pub state: String,
        /// The number of the version that is published, or was last.
        pub published: Option<i32>,
        /// The number of the version that is being worked on.
        pub draft: Option<i32>,
        /// Whether it consists of other items, for good.
        pub is_bundle: bool,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

/// Never changed once it is published.
pub mod item_version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub item_id: Uuid,
        /// From 1.
        pub number: i32,
        pub category_id: Uuid,
        pub name: String,
        pub summary: String,
        pub description: String,
        pub price_millionths: i64,
        pub cost_centre_id: Option<Uuid>,
        /// To whom it is shown; to everybody if there is none. A JSON list.
        pub groups: String,
        /// Documents, each with its version.
        pub form: String,
        pub approval: String,
        pub tasks: String,
        /// Of which items it consists.
        pub parts: String,
        pub created_at_ms: i64,
        pub published_at_ms: Option<i64>,
    }
    no_relations!();
}

/// To whom a published item is shown.
pub mod item_group {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item_group")]
    pub struct Model {
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
    }
    no_relations!();
}

pub mod favourite {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "favourite")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: Uuid,
    }
    no_relations!();
}

pub mod request {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// As people say it; unique in the tenant.
        pub number: i64,
        pub item_id: Uuid,
        pub item_version: i32,
        pub item_name: String,
        pub requester_id: Uuid,
        pub requested_for_id: Uuid,
        /// `approving`, `fulfilling`, `fulfilled`, `rejected`, `failed` or `cancelled`.
        pub state: String,
        /// A document.
        pub answers: String,
        /// What options that answers chose were called: a document.
        pub labels: String,
        pub price_millionths: i64,
        pub cost_centre_id: Option<Uuid>,
        /// Of the bundle that it is part of, all four or none: what was asked for at once, and the
        /// bundle as it was then.
        pub submission_id: Option<Uuid>,
        pub bundle_id: Option<Uuid>,
        pub bundle_version: Option<i32>,
        pub bundle_name: Option<String>,
        /// How far the approval has come: a document.
        pub approval: String,
        /// The stage that is asked now.
        pub stage: Option<i32>,
        /// When to look at it again, if nobody does before.
        pub look_at_ms: Option<i64>,
        pub created_at_ms: i64,
        pub ended_at_ms: Option<i64>,
        pub version: i64,
    }
    no_relations!();
}

/// Who is asked in the stage that is open.
pub mod request_seat {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request_seat")]
    pub struct Model {
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        /// None while a decision is waited for; who decided, or, where the stage went on without
        /// it, the seat's own person.
        pub closed_by_id: Option<Uuid>,
    }
    no_relations!();
}

/// Who has decided on a request, in whatever stage.
pub mod request_decision {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request_decision")]
    pub struct Model {
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
    }
    no_relations!();
}

pub mod delegation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "delegation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub from_id: Uuid,
        pub to_id: Uuid,
        pub from_ms: i64,
        pub to_ms: i64,
        pub created_at_ms: i64,
    }
    no_relations!();
}

/// How far one task of a request's plan has come.
pub mod request_task {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request_task")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub request_id: Uuid,
        /// In the plan, from 0.
        pub place: i32,
        /// As the plan has them.
        pub key: String,
        pub name: String,
        /// Whose work it is; none for automation.
        pub group_id: Option<Uuid>,
        /// `waiting`, `open`, `called`, `done`, `failed`, `timed_out`, `skipped` or `cancelled`.
        pub state: String,
        /// Why it failed, or was skipped.
        pub reason: Option<String>,
        pub assignee_id: Option<Uuid>,
        pub calls: i32,
        /// By when automation has to answer.
        pub due_at_ms: Option<i64>,
        pub opened_at_ms: Option<i64>,
        pub assigned_at_ms: Option<i64>,
        pub ended_at_ms: Option<i64>,
        pub ended_by_id: Option<Uuid>,
    }
    no_relations!();
}

/// A group that tasks are handed out in, by turns.
pub mod team {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "team")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        /// Whose turn it was last.
        pub last_id: Option<Uuid>,
    }
    no_relations!();
}

pub mod request_note {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request_note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub request_id: Uuid,
        pub author_id: Uuid,
        /// For those who work on it, and not for who asked.
        pub is_internal: bool,
        pub text: String,
        pub created_at_ms: i64,
    }
    no_relations!();
}

/// How content the requester is.
pub mod request_rating {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "request_rating")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_id: Uuid,
        pub tenant_id: Uuid,
        pub rater_id: Uuid,
        /// From 1 to 5.
        pub score: i32,
        pub comment: String,
        pub created_at_ms: i64,
    }
    no_relations!();
}
