//! Hub's tables, one step a file. A step that was released is never changed.

mod m0001_identity;
mod m0002_tenancy;
mod m0004_operations;
mod m0005_notifications;
mod m0006_managers;

use sea_orm_migration::MigrationTrait;

pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_identity::Migration),
        Box::new(m0002_tenancy::Migration),
        Box::new(m0004_operations::Migration),
        Box::new(m0005_notifications::Migration),
        Box::new(m0006_managers::Migration),
    ]
}
