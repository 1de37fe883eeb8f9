//! The catalog's tables, one step a file. A step that was released is never changed.

mod m0001_items;
mod m0002_requests;
mod m0003_fulfilment;
mod m0004_calendars;
mod m0005_tickets;
mod m0006_queues;
mod m0007_escalations;
mod m0008_ratings;
mod m0009_orders;
mod m0010_links;
mod m0011_major_incidents;
mod m0012_problems;
mod m0013_articles;
mod m0015_files;
mod m0016_decision_links;
mod m0017_option_lists;
mod m0020_measures;
mod m0021_mail;
mod m0022_status_pages;
mod m0023_bundles;
mod m0024_forgetting;
mod m0026_currency;

use sea_orm_migration::MigrationTrait;

pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_items::Migration),
        Box::new(m0002_requests::Migration),
        Box::new(m0003_fulfilment::Migration),
        Box::new(m0004_calendars::Migration),
        Box::new(m0005_tickets::Migration),
        Box::new(m0006_queues::Migration),
        Box::new(m0007_escalations::Migration),
        Box::new(m0008_ratings::Migration),
        Box::new(m0009_orders::Migration),
        Box::new(m0010_links::Migration),
        Box::new(m0011_major_incidents::Migration),
        Box::new(m0012_problems::Migration),
        Box::new(m0013_articles::Migration),
        Box::new(m0015_files::Migration),
        Box::new(m0016_decision_links::Migration),
        Box::new(m0017_option_lists::Migration),
        Box::new(m0020_measures::Migration),
        Box::new(m0021_mail::Migration),
        Box::new(m0022_status_pages::Migration),
        Box::new(m0023_bundles::Migration),
        Box::new(m0024_forgetting::Migration),
        Box::new(m0026_currency::Migration),
    ]
}
