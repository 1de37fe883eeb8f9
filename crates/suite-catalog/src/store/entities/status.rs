//! Of status pages: what they are, their components, and what is planned.

/// A tenant's, once it is set up.
pub mod status_page {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "status_page")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// Its address: unique among all tenants.
        pub slug: String,
        pub title: String,
        /// Markdown.
        pub introduction: String,
        pub is_published: bool,
        pub version: i64,
    }
    no_relations!();
}

/// A part of the service that people know.
pub mod status_component {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "status_component")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Unique in the tenant.
        pub name: String,
        pub description: String,
        /// Below which heading it stands.
        pub group_name: Option<String>,
        /// The lowest comes first.
        pub position: i32,
        /// As somebody set it, with what they tell about it.
        pub hand_state: String,
        pub hand_note: String,
        /// As it stands before maintenance: the same as its last change says.
        pub state: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

/// What a component became. Only ever added.
pub mod status_change {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "status_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub component_id: Uuid,
        pub at_ms: i64,
        /// None of its first state.
        pub before: Option<String>,
        pub state: String,
    }
    no_relations!();
}

/// What a major incident does to a component.
pub mod incident_component {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "incident_component")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub incident_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub component_id: Uuid,
        pub tenant_id: Uuid,
        pub impact: String,
    }
    no_relations!();
}

/// Maintenance that is planned, goes on, or is over: the clock says which.
pub mod status_maintenance {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "status_maintenance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub title: String,
        /// Markdown.
        pub text: String,
        pub begins_at_ms: i64,
        pub ends_at_ms: i64,
        pub created_at_ms: i64,
        pub changed_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod maintenance_component {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "maintenance_component")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub maintenance_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub component_id: Uuid,
        pub tenant_id: Uuid,
    }
    no_relations!();
}
