//! Of the service desk.

/// A tenant's desk, from its first use on.
pub mod service_desk {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "desk")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// The highest number of a ticket that was given away.
        pub tickets: i64,
        /// What counts where nothing else is said; around the clock if there is none.
        pub default_calendar_id: Option<Uuid>,
    }
    no_relations!();
}

pub mod calendar {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "calendar")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Unique in the tenant.
        pub name: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

/// Never changed.
pub mod calendar_version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "calendar_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub calendar_id: Uuid,
        /// From 1, in the order of their making.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub tenant_id: Uuid,
        pub effective_from_ms: i64,
        /// A document: zone, hours and holidays.
        pub content: String,
        pub created_at_ms: i64,
    }
    no_relations!();
}
