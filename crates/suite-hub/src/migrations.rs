//! Hub's tables, one step a file. A step that was released is never changed.

mod m0001_identity;
mod m0002_tenancy;

use sea_orm_migration::MigrationTrait;

pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m0001_identity::Migration), Box::new(m0002_tenancy::Migration)]
}
