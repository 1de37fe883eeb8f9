//! The vocabulary that crosses a service boundary of the suite: which services there are, the ids
//! they speak of, the permissions they ask for, the events they tell each other, and what they have
//! people told.
//!
//! Pure: no IO, no HTTP, no SQL, and nothing that only one service needs to know.

pub mod event;
pub mod id;
pub mod notification;
pub mod permission;
pub mod service;

pub use event::{AUTHORITY_CHANGED, Event, EventName};
pub use id::{
    ApiKeyId, AuditId, EventId, GroupId, JobId, MembershipId, NotificationId, RoleId,
    ServiceInstanceId, SessionId, TenantId, UserId, WebhookId,
};
pub use notification::{Audience, NotificationRequest};
pub use permission::{Permission, Reach};
pub use service::ServiceName;
