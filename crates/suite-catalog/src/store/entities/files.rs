//! Of files.

/// Its content is kept elsewhere, under its tenant's and its own id: from before the row is held
/// until after it is removed.
pub mod file {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "file")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Who brought it.
        pub owner_id: Uuid,
        /// Of one line, and no path.
        pub name: String,
        /// As its content says.
        pub media_type: String,
        pub bytes: i64,
        /// In hex.
        pub sha256: String,
        /// `arriving`, `held` or `removed`.
        pub state: String,
        /// What it belongs to: one of both, or none while nobody has used it.
        pub request_id: Option<Uuid>,
        pub ticket_id: Option<Uuid>,
        /// The note of the request that it came with.
        pub note_id: Option<Uuid>,
        /// For those who work on it, and not for who asked.
        pub is_internal: bool,
        /// Part of what was asked for, and decided on.
        pub is_answer: bool,
        pub created_at_ms: i64,
        /// When it is collected, unless it is used before.
        pub due_at_ms: Option<i64>,
    }
    no_relations!();
}

/// How much a tenant keeps.
pub mod file_usage {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "file_usage")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        pub bytes: i64,
    }
    no_relations!();
}
