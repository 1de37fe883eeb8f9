//! Of lists that forms take options from.

pub mod option_list {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "option_list")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Unique in the tenant.
        pub name: String,
        /// A document.
        pub options: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}
