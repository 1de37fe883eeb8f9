//! Of what requesters think.

/// Given once, by the requester of a ticket.
pub mod ticket_rating {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_rating")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        pub tenant_id: Uuid,
        /// From 1 to 5.
        pub score: i32,
        pub comment: String,
        pub rated_at_ms: i64,
    }
    no_relations!();
}
