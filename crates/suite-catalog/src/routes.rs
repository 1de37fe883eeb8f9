//! The catalog's routes: a handler extracts, calls the use case, and maps.

mod articles;
mod bundles;
mod calendars;
mod canned_answers;
mod categories;
mod cost_centres;
mod decision_links;
mod delegations;
mod escalations;
mod files;
mod incidents;
mod items;
mod levels;
mod links;
mod mail;
mod measures;
mod notes;
mod option_lists;
mod problems;
mod requests;
mod reviews;
mod settings;
mod status;
mod status_pages;
mod tasks;
mod ticket_views;
mod tickets;

use std::sync::Arc;

use axum::extract::FromRef;
use suite_kit::audit::{self, Trail};
use suite_kit::auth::Directory;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Catalog;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct Routes {
    pub catalog: Catalog,
    pub directory: Arc<dyn Directory>,
    pub trail: Trail,
}

impl FromRef<Routes> for Trail {
    fn from_ref(routes: &Routes) -> Self {
        routes.trail.clone()
    }
}

impl FromRef<Routes> for Arc<dyn Directory> {
    fn from_ref(routes: &Routes) -> Self {
        routes.directory.clone()
    }
}

impl FromRef<Routes> for Catalog {
    fn from_ref(routes: &Routes) -> Self {
        routes.catalog.clone()
    }
}

pub(crate) fn all() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(items::list, items::create))
        .routes(routes!(items::show))
        .routes(routes!(items::draft))
        .routes(routes!(items::publish))
        .routes(routes!(items::withdraw))
        .routes(routes!(items::version))
        .routes(routes!(items::mark, items::unmark))
        .routes(routes!(requests::list, requests::submit))
        .routes(routes!(requests::own))
        .routes(routes!(requests::to_decide))
        .routes(routes!(requests::decided))
        .routes(routes!(requests::show))
        .routes(routes!(requests::cancel))
        .routes(routes!(requests::decide))
        .routes(routes!(delegations::list, delegations::create))
        .routes(routes!(delegations::remove))
        .merge(setting_up())
        .merge(bundling())
        .merge(fulfilment())
        .merge(desk())
        .merge(calling())
        .merge(answering())
        .merge(leading())
        .merge(knowing())
        .merge(filing())
        .merge(options())
        .merge(links())
        .merge(mailing())
        .merge(telling())
        .nest("/api/v1/service-catalog", audit::routes())
}

fn setting_up() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(settings::show, settings::set))
        .routes(routes!(categories::list, categories::create))
        .routes(routes!(categories::change, categories::remove))
        .routes(routes!(categories::order))
        .routes(routes!(cost_centres::list, cost_centres::create))
        .routes(routes!(cost_centres::show, cost_centres::change))
}

fn bundling() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(bundles::offer))
        .routes(routes!(bundles::submit))
        .routes(routes!(requests::restart))
}

fn fulfilment() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(notes::list, notes::create))
        .routes(routes!(notes::rate))
        .routes(routes!(tasks::own))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::complete))
        .routes(routes!(tasks::fail))
        .routes(routes!(tasks::skip))
        .routes(routes!(tasks::retry))
        .routes(routes!(tasks::assign))
        .routes(routes!(tasks::answer))
}

fn desk() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(calendars::list, calendars::create))
        .routes(routes!(calendars::show, calendars::change))
        .routes(routes!(calendars::version))
        .routes(routes!(calendars::revise))
        .routes(routes!(calendars::add_holidays))
        .routes(routes!(calendars::import))
        .routes(routes!(levels::show, levels::set))
        .routes(routes!(tickets::list, tickets::open))
        .routes(routes!(tickets::own))
        .routes(routes!(tickets::show, tickets::change))
        .routes(routes!(tickets::move_on))
        .routes(routes!(tickets::hand_over))
        .routes(routes!(tickets::write))
        .routes(routes!(tickets::history))
        .routes(routes!(tickets::clocks))
        .routes(routes!(ticket_views::bulk))
        .routes(routes!(ticket_views::list, ticket_views::keep))
        .routes(routes!(ticket_views::change, ticket_views::remove))
}

fn leading() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::affecting, incidents::declare))
        .routes(routes!(incidents::show))
        .routes(routes!(incidents::assign))
        .routes(routes!(incidents::move_on))
        .routes(routes!(incidents::timeline, incidents::add))
        .routes(routes!(incidents::update))
        .routes(routes!(incidents::publish))
        .routes(routes!(incidents::add_ticket))
        .routes(routes!(incidents::remove_ticket))
        .routes(routes!(incidents::resolve_tickets))
        .routes(routes!(reviews::template, reviews::set_template))
        .routes(routes!(reviews::show, reviews::begin, reviews::write))
        .routes(routes!(reviews::publish))
        .routes(routes!(reviews::move_action))
}

fn knowing() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(articles::list, articles::create))
        .routes(routes!(articles::suggest))
        .routes(routes!(articles::categories))
        .routes(routes!(articles::show))
        .routes(routes!(articles::draft))
        .routes(routes!(articles::publish))
        .routes(routes!(articles::withdraw))
        .routes(routes!(articles::version))
        .routes(routes!(articles::feedback, articles::give_feedback))
        .routes(routes!(articles::of_ticket, articles::answer_with))
        .routes(routes!(articles::take_back))
}

fn answering() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(links::merge))
        .routes(routes!(links::split))
        .routes(routes!(links::list, links::create))
        .routes(routes!(links::remove))
        .routes(routes!(canned_answers::list, canned_answers::create))
        .routes(routes!(canned_answers::show, canned_answers::change, canned_answers::remove))
        .routes(routes!(canned_answers::fill))
        .routes(routes!(problems::list, problems::open))
        .routes(routes!(problems::show, problems::change))
        .routes(routes!(problems::move_on))
        .routes(routes!(problems::reply))
}

fn calling() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(escalations::ladders))
        .routes(routes!(escalations::set))
        .routes(routes!(escalations::list, escalations::escalate))
        .routes(routes!(escalations::step))
        .routes(routes!(tickets::rate))
        .routes(routes!(measures::tickets))
        .routes(routes!(measures::tickets_file))
        .routes(routes!(measures::requests))
        .routes(routes!(measures::requests_file))
        .routes(routes!(measures::backlog))
        .routes(routes!(measures::backlog_file))
}

fn filing() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(files::upload))
        .routes(routes!(files::show, files::remove))
        .routes(routes!(files::content))
        .routes(routes!(files::of_request, files::to_request))
        .routes(routes!(files::of_ticket, files::to_ticket))
}

fn options() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(option_lists::find))
        .routes(routes!(option_lists::list, option_lists::create))
        .routes(routes!(option_lists::show, option_lists::change, option_lists::remove))
}

fn mailing() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(mail::settings, mail::set))
        .routes(routes!(mail::list, mail::receive))
        .routes(routes!(mail::show))
        .routes(routes!(mail::accept))
        .routes(routes!(mail::discard))
}

fn telling() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(status_pages::settings, status_pages::set))
        .routes(routes!(status_pages::components, status_pages::add_component))
        .routes(routes!(status_pages::order))
        .routes(routes!(
            status_pages::component,
            status_pages::change_component,
            status_pages::remove_component
        ))
        .routes(routes!(status_pages::set_state))
        .routes(routes!(status_pages::maintenance, status_pages::plan))
        .routes(routes!(status_pages::one, status_pages::change, status_pages::remove))
        // Public, where one is published.
        .routes(routes!(status::page))
        .routes(routes!(status::feed))
}

/// Public: a link says who may do what.
fn links() -> OpenApiRouter<Routes> {
    OpenApiRouter::new()
        .routes(routes!(decision_links::look))
        .routes(routes!(decision_links::decide))
}
