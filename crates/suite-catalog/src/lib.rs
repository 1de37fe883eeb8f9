//! The service catalog and the service desk: what people may ask for, who has to approve it, who
//! does it, and how long that may take.
//!
//! An *item* is what may be asked for, in *versions*: what is published is never changed, and a
//! *request* keeps the version that it was made with. A *bundle* is an item that consists of others,
//! which are asked for at once, each by a request of its own. A request's *approval* asks people in order; who they
//! are, Hub knows. Once it is approved its *tasks* are done, by people of a group or by automation,
//! which is called by an event and answers once. The rules are in [`model`], without a database.
//!
//! A *ticket* is what somebody needs help with. What happened to it is only ever added to, and
//! what its *clocks* show is computed from that, by a *calendar* and the *service levels* that the
//! ticket was opened under, whenever it is read: no timer has to fire for it to be right.
//!
//! The catalog never lets anybody decide on their own request, never approves because nobody
//! answered, never shows an internal note to a requester, and leaves nothing that it did out of the
//! audit trail. Tables: `catalog`, `category`, `cost_centre`, `item`, `item_version`, `item_group`,
//! `bundle_part`, `favourite`, `request`, `request_seat`, `request_decision`, `delegation`,
//! `request_task`, `team`, `request_note`, `request_rating`, `desk`, `calendar`, `calendar_version`,
//! `service_levels`, `ticket`, `ticket_event`, `ticket_view`, `ticket_words`, `escalation_ladder`,
//! `ticket_climb`, `ticket_rating`, `ticket_merge`, `ticket_follower`, `ticket_link`,
//! `canned_answer`, `major_incident`, `incident_role`, `incident_entry`, `incident_ticket`,
//! `incident_review`, `review_action`, `review_template`, `problem`, `numbering`, `article`,
//! `article_group`, `article_version`, `article_feedback`, `article_words`, `ticket_article`,
//! `file`, `file_usage`, `decision_link`, `option_list`, `ticket_day`, `ticket_days`,
//! `ticket_day_changed`, `mail_desk`, `mail_message`, `status_page`, `status_component`,
//! `status_change`, `incident_component`, `status_maintenance`, `maintenance_component`. Events are
//! `service-catalog.…`, by the names of the audit trail's actions.

mod api;
pub mod demo;
mod error;
mod jobs;
mod migrations;
pub mod model;
pub mod permissions;
mod routes;
mod service;
pub(crate) mod store;

use async_trait::async_trait;
use axum::Router;
use suite_contracts::ServiceName;
use suite_kit::events;
use suite_kit::service::{Definition, Kit, MountError, Service, described};
use utoipa::openapi::OpenApi;

pub use error::{CatalogError, Fault};
use service::Catalog;

/// The catalog as `suite-server` mounts it.
#[derive(Debug, Clone, Copy, Default)]
pub struct CatalogService;

#[async_trait]
impl Service for CatalogService {
    fn definition(&self) -> Definition {
        Definition {
            name: ServiceName::ServiceCatalog,
            permissions: permissions::ALL,
            audit_read: permissions::AUDIT_READ,
            migrations: migrations::all,
        }
    }

    fn openapi(&self) -> OpenApi {
        described(&self.definition(), routes::all().into_openapi())
    }

    async fn mount(&self, kit: Kit) -> Result<Router, MountError> {
        let unusable = |error| MountError::new(ServiceName::ServiceCatalog, error);
        let catalog = Catalog::new(&kit).map_err(unusable)?;
        for follower in jobs::followers(&catalog) {
            let consuming = events::consume(&kit.foundation, follower).await;
            consuming.map_err(|error| MountError::new(ServiceName::ServiceCatalog, error))?;
        }
        let mut workers = jobs::workers(&catalog);
        workers.extend(catalog.deliverers(&kit));
        suite_kit::jobs::start(&kit.foundation, workers);
        let (router, _) = routes::all().split_for_parts();
        Ok(router.with_state(routes::Routes {
            catalog,
            directory: kit.directory,
            trail: kit.trail,
        }))
    }
}
