//! Of problems, and numbers that are given away.

/// How many numbers of a thing were given away in a tenant: the last.
pub mod numbering {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "numbering")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub thing: String,
        pub last: i64,
    }
    no_relations!();
}

/// What causes tickets. Those that are linked to it are in `ticket_link`, as `problem`.
pub mod problem {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "problem")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// As people say it; unique in the tenant.
        pub number: i64,
        pub title: String,
        pub description: String,
        /// `open`, `known_error`, `resolved` or `closed`.
        pub state: String,
        /// Empty while it is not known.
        pub root_cause: String,
        pub workaround: String,
        pub owner_id: Option<Uuid>,
        pub created_at_ms: i64,
        pub updated_at_ms: i64,
        pub resolved_at_ms: Option<i64>,
        pub closed_at_ms: Option<i64>,
        pub version: i64,
    }
    no_relations!();
}
