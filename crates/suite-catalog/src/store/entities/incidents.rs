//! Of major incidents, and their reviews.

pub mod major_incident {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "major_incident")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// From which it was declared; a ticket is one major incident at most.
        pub ticket_id: Uuid,
        /// The ticket's.
        pub number: i64,
        /// As all hear it who are affected.
        pub title: String,
        /// What everybody reads on the status page. It is not on it as long as there is none.
        pub public_title: Option<String>,
        pub state: String,
        /// 1 for P1, as the ticket was.
        pub priority: i32,
        /// How it was solved, while it is.
        pub solution: Option<String>,
        pub declared_at_ms: i64,
        pub resolved_at_ms: Option<i64>,
        pub reviewed_at_ms: Option<i64>,
        /// Of its timeline: the number of the last.
        pub entries: i32,
        pub version: i64,
    }
    no_relations!();
}

/// Who leads what.
pub mod incident_role {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "incident_role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub incident_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: String,
        pub tenant_id: Uuid,
        pub user_id: Uuid,
        pub since_ms: i64,
    }
    no_relations!();
}

/// Of a timeline. Only ever added.
pub mod incident_entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "incident_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub incident_id: Uuid,
        /// From 1, in the order of recording.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub tenant_id: Uuid,
        pub kind: String,
        pub recorded_at_ms: i64,
        /// When it happened, as whoever recorded it says.
        pub at_ms: i64,
        /// Of a status update: `internal`, `requesters` or `public`.
        pub audience: Option<String>,
        pub actor_kind: String,
        pub actor_id: Option<Uuid>,
        pub actor_name: String,
        /// What somebody wrote.
        pub text: Option<String>,
        /// What changed: JSON.
        pub detail: String,
    }
    no_relations!();
}

/// A ticket that is part of a major incident.
pub mod incident_ticket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "incident_ticket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        pub tenant_id: Uuid,
        pub incident_id: Uuid,
        pub linked_at_ms: i64,
    }
    no_relations!();
}

/// What was learned. Published it never changes.
pub mod incident_review {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "incident_review")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub incident_id: Uuid,
        pub tenant_id: Uuid,
        /// A document: sections.
        pub content: String,
        pub updated_at_ms: i64,
        pub published_at_ms: Option<i64>,
        pub published_by_id: Option<Uuid>,
        pub version: i64,
    }
    no_relations!();
}

/// What is to be done so that it does not happen again.
pub mod review_action {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_action")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub incident_id: Uuid,
        /// From 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub tenant_id: Uuid,
        pub text: String,
        pub owner_id: Uuid,
        /// A date.
        pub due_on: String,
        /// `open`, `done` or `dropped`.
        pub state: String,
    }
    no_relations!();
}

/// What a tenant's reviews begin as.
pub mod review_template {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_template")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// A document: sections.
        pub content: String,
        pub version: i64,
    }
    no_relations!();
}
