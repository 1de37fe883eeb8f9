//! Lock-out by address.

use std::net::IpAddr;

use suite_testkit::{Backend, on_every_backend};

use super::*;
use crate::service::fixture::{ADMIN, Fixture, start};

const MINUTE_MS: i64 = 60_000;

fn from(address: &str) -> RequestContext {
    let address: IpAddr = address.parse().unwrap();
    RequestContext { address, ..RequestContext::default() }
}

/// A failure for an account of its own.
async fn fail(fixture: &Fixture, request: &RequestContext, number: usize) {
    let account = fixture.hub.account(&format!("guess-{number}@example.com")).await.unwrap();
    fixture.hub.settle(request, &account, false).await.unwrap();
}

async fn whoever_guesses_at_many_accounts_is_locked_out_by_address(backend: Backend) {
    let fixture = start(backend).await;
    let attacker = from("2001:db8:1:2::1");
    let known = fixture.hub.account(ADMIN).await.unwrap();
    for number in 0..50 {
        fixture.hub.refuse_locked(&attacker, &known).await.unwrap();
        fail(&fixture, &from(&format!("2001:db8:1:2::{number}")), number).await;
    }
    for address in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"] {
        let locked = fixture.hub.refuse_locked(&from(address), &known).await;
        assert!(matches!(locked, Err(HubError::LockedOut { after_s: 60 })), "{locked:?}");
        // What was right is refused as well.
        assert!(fixture.hub.settle(&from(address), &known, true).await.is_err());
    }
    for address in ["2001:db8:1:3::1", "203.0.113.9"] {
        fixture.hub.refuse_locked(&from(address), &known).await.unwrap();
    }
    fixture.clock.advance_ms(MINUTE_MS);
    fixture.hub.refuse_locked(&attacker, &known).await.unwrap();
    fail(&fixture, &attacker, 50).await;
    let locked = fixture.hub.refuse_locked(&attacker, &known).await;
    assert!(matches!(locked, Err(HubError::LockedOut { after_s: 120 })), "{locked:?}");
    fixture.clock.advance_ms(2 * MINUTE_MS + ADDRESS.forget_ms + 1);
    fail(&fixture, &attacker, 51).await;
    fixture.hub.refuse_locked(&attacker, &known).await.unwrap();
}

on_every_backend!(whoever_guesses_at_many_accounts_is_locked_out_by_address);
