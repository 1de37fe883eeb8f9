//! Logins do the same work for whoever asks, and no flood of them keeps others waiting.

use std::sync::atomic::Ordering;

use suite_testkit::{Backend, on_every_backend};

use super::*;
use crate::service::fixture::{ADMIN, Fixture, start};

async fn log_in(fixture: &Fixture, email: &str) -> Result<Step, HubError> {
    let login =
        Login { email: email.into(), password: "walnut harbour pixel eight".to_owned().into() };
    fixture.hub.log_in(&RequestContext::default(), login).await
}

async fn a_password_is_hashed_whether_or_not_there_is_somebody(backend: Backend) {
    let fixture = start(backend).await;
    let checked = || fixture.hub.0.hasher.checked.load(Ordering::SeqCst);
    let email = "grace@example.com";
    let transaction = fixture.hub.database().begin().await.unwrap();
    let now_ms = fixture.clock.now_ms();
    store::persons::found_or_made(&transaction, email, "No password yet", now_ms).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    for email in [ADMIN, email, "eve@example.com", "no address"] {
        for _ in 0..5 {
            let before = checked();
            let refused = log_in(&fixture, email).await;
            assert!(matches!(refused, Err(HubError::LoginRefused)), "{email}: {refused:?}");
            assert_eq!(checked(), before + 1, "{email}");
        }
        // Nor does it cost anything to turn somebody away.
        let before = checked();
        let refused = log_in(&fixture, email).await;
        assert!(matches!(refused, Err(HubError::LockedOut { after_s: 60 })), "{email}");
        assert_eq!(checked(), before, "{email}");
    }
}

on_every_backend!(a_password_is_hashed_whether_or_not_there_is_somebody);
