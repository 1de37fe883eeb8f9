//! Bundles as SeaORM sees them.

/// Of which items a bundle consists, in the version that lists show.
pub mod bundle_part {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bundle_part")]
    pub struct Model {
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub bundle_id: Uuid,
        /// From 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: i32,
        pub item_id: Uuid,
        pub is_required: bool,
    }
    no_relations!();
}
