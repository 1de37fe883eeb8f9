//! What requesters think: asked when a ticket is solved, and said once.

use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{CatalogApp, Person};

async fn rate(app: &CatalogApp, by: &Person, ticket: &Value, score: i64) -> Answer {
    let path = format!("{}/rating", ticket_path(ticket));
    app.post(by, &path, json!({ "score": score, "comment": "Quick" })).await
}

async fn a_requester_says_once_how_it_was(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let ticket = app.open_ticket(&bob, "medium", "medium").await;
    assert_eq!(rate(&app, &bob, &ticket, 5).await.expect(409).code(), "ticket_open");
    app.move_ticket(&eve, &ticket, "resolved").await.expect(200);
    rate(&app, &cyd, &ticket, 5).await.expect(404);
    assert_eq!(rate(&app, &eve, &ticket, 5).await.expect(403).code(), "not_own_ticket");
    for score in [0, 6] {
        let refused = rate(&app, &bob, &ticket, score).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/score");
    }
    let (one, two) = tokio::join!(rate(&app, &bob, &ticket, 4), rate(&app, &bob, &ticket, 2));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let seen = app.ticket(&eve, &ticket).await;
    assert_eq!(seen["rating"]["comment"], "Quick");
    assert!([4, 2].contains(&seen["rating"]["score"].as_i64().unwrap()), "{seen}");
    // It stays, though the ticket is solved anew; and it is no change that an agent has missed.
    assert_eq!(seen["version"], 2);
    app.move_ticket(&bob, &ticket, "open").await.expect(200);
    app.move_ticket(&eve, &ticket, "resolved").await.expect(200);
    assert_eq!(rate(&app, &bob, &ticket, 1).await.expect(409).code(), "rated_already");
    assert_eq!(app.recorded("ticket.rated").await, 1);
    let asked = "event_outbox WHERE name = 'service-catalog.notification.requested' \
                 AND data LIKE '%Say how it was%'";
    assert_eq!(app.count(asked).await, 1);
}

on_every_backend!(a_requester_says_once_how_it_was);
