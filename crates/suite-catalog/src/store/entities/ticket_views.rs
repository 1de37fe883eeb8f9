//! Of queues that people keep.

/// A queue that somebody keeps.
pub mod ticket_view {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_view")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub owner_id: Uuid,
        /// Unique among those of its owner.
        pub name: String,
        /// Whether all who see everybody's tickets have it.
        pub is_shared: bool,
        /// A document: a filter.
        pub content: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}
