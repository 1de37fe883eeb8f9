//! What the signed-in person is told.

use serde::{Deserialize, Serialize};
use suite_contracts::NotificationId;
use suite_kit::clock::rfc3339;
use suite_kit::page::Page;
use utoipa::{IntoParams, ToSchema};

use crate::service::Notification;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationView {
    pub id: NotificationId,
    /// What has happened, as the name of an event.
    pub kind: String,
    pub title: String,
    pub body: String,
    /// Where in the console there is more: a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub read_at: Option<String>,
}

/// Some of them, and how many there are to read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notifications)]
pub(crate) struct NotificationsView {
    pub items: Vec<NotificationView>,
    /// The cursor of the next page; absent in the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Of all.
    pub unread: u64,
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationFilter {
    /// Only those that were not read.
    #[serde(default)]
    #[param(required = false)]
    pub unread: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReadRequest {
    /// The newest that was seen: what came since stays unread.
    #[serde(default)]
    pub up_to: Option<NotificationId>,
}

impl From<Notification> for NotificationView {
    fn from(row: Notification) -> Self {
        Self {
            id: NotificationId(row.id),
            kind: row.kind,
            title: row.title,
            body: row.body,
            link: row.link,
            created_at: rfc3339(row.created_at_ms),
            read_at: row.read_at_ms.map(rfc3339),
        }
    }
}

impl NotificationsView {
    pub fn new(page: Page<Notification>, unread: u64) -> Self {
        let Page { items, next } = page.map(NotificationView::from);
        Self { items, next, unread }
    }
}
