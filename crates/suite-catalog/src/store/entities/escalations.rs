//! Of escalation.

/// Whom to call on a track, level by level.
pub mod escalation_ladder {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "escalation_ladder")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// `technical`, `security` or `business`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub track: String,
        /// A document.
        pub content: String,
        pub version: i64,
    }
    no_relations!();
}

/// A ticket on a ladder. It keeps the ladder that it began on.
pub mod ticket_climb {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_climb")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub track: String,
        pub tenant_id: Uuid,
        /// A document.
        pub ladder: String,
        /// By which its minutes count; around the clock if there is none.
        pub calendar_id: Option<Uuid>,
        /// What happened, in the order of recording: a document.
        pub events: String,
        /// Of how many turns people were told.
        pub told: i32,
        /// How many turns there were when it was told that it is exhausted.
        pub exhausted_at: i32,
        /// Whether somebody is being called, or has answered.
        pub is_active: bool,
        /// When the next level's turn begins.
        pub look_at_ms: Option<i64>,
    }
    no_relations!();
}
