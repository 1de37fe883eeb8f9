//! Sums of tickets, by the day on which they came.

/// Until when the sums of a tenant are made.
pub mod ticket_days {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_days")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// Days since 1970, by UTC. Earlier ones are summed up.
        pub until_day: i32,
    }
    no_relations!();
}

/// The tickets of a day that have these in common, summed up.
pub mod ticket_day {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_day")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Nil for those of no group.
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tier: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub priority: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        pub created: i64,
        pub replied: i64,
        pub response_ms: i64,
        pub response_kept: i64,
        pub response_breached: i64,
        pub resolved: i64,
        pub resolution_ms: i64,
        pub resolution_kept: i64,
        pub resolution_breached: i64,
        pub escalated: i64,
        pub rated: i64,
        pub score: i64,
        pub satisfied: i64,
    }
    no_relations!();
}

/// A day whose sums are not true any more. Only added, and removed by who read it: so no change
/// is lost, whoever makes the sums meanwhile.
pub mod ticket_day_changed {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_day_changed")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub day: i32,
    }
    no_relations!();
}
