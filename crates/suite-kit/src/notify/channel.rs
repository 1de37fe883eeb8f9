//! What goes over HTTP: Slack, webhooks, PagerDuty, SMS gateways.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use suite_contracts::NotificationId;

use super::outbound::{Outbound, OutboundError};
use super::{Rendered, SIGNATURE_HEADER, Target, Undelivered, signature};
use crate::config::{Config, Secret};

const DELIVERY_HEADER: HeaderName = HeaderName::from_static("x-itechsmart-delivery");

/// PagerDuty's severities, and the end of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    Critical,
    Error,
    Warning,
    Info,
    Resolved,
}

pub(super) struct Http {
    /// To addresses that tenants chose.
    foreign: Outbound,
    /// To addresses that the operator chose.
    own: Outbound,
    source: String,
    pagerduty_url: String,
    sms_url: Option<String>,
    sms_token: Option<Secret>,
}

/// What is sent where.
struct Post<'a> {
    client: &'a Outbound,
    url: &'a str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Value,
    secret: Option<&'a Secret>,
}

impl Http {
    pub(super) fn new(config: &Config) -> Result<Self, OutboundError> {
        Ok(Self {
            foreign: Outbound::new(config)?,
            own: Outbound::own(config)?,
            source: config.app_name.clone(),
            pagerduty_url: config.pagerduty_url.clone(),
            sms_url: config.sms_url.clone(),
            sms_token: config.sms_token.clone(),
        })
    }

    pub(super) fn can_sms(&self) -> bool {
        self.sms_url.is_some()
    }

    pub(super) async fn send(
        &self,
        id: NotificationId,
        target: &Target,
        message: &Rendered,
        data: Option<Value>,
        now_ms: i64,
    ) -> Result<(), Undelivered> {
        let post = self.post(target, message, data)?;
        let body = Bytes::from(post.body.to_string());
        let mut headers = post.headers;
        headers.push((DELIVERY_HEADER, header(&id.to_string())?));
        if let Some(secret) = post.secret {
            let signature = signature::sign(secret.expose(), &body, now_ms);
            let name = HeaderName::from_bytes(SIGNATURE_HEADER.as_bytes());
            let name = name.map_err(|error| Undelivered::Never(error.to_string()))?;
            headers.push((name, header(&signature)?));
        }
        let answered =
            post.client.post(post.url, &headers, body).await.map_err(|e| undelivered(&e))?;
        match answered.status {
            200..300 => Ok(()),
            // Time-outs, too early, too many.
            status @ (408 | 425 | 429 | 500..) => {
                Err(Undelivered::Later(said(status, &answered.body)))
            }
            status => Err(Undelivered::Never(said(status, &answered.body))),
        }
    }

    fn post<'a>(
        &'a self,
        target: &'a Target,
        message: &Rendered,
        data: Option<Value>,
    ) -> Result<Post<'a>, Undelivered> {
        let Rendered { subject, text, .. } = message;
        let (client, headers, secret) = (&self.own, Vec::new(), None);
        Ok(match target {
            Target::Slack { url } => {
                let text = format!("*{}*\n{}", slack_escaped(subject), slack_escaped(text));
                let (client, body) = (&self.foreign, json!({ "text": text }));
                Post { client, url: url.expose(), headers, body, secret }
            }
            Target::Webhook { url, secret } => {
                let body = data.unwrap_or_else(|| json!({ "subject": subject, "text": text }));
                Post { client: &self.foreign, url, headers, body, secret: Some(secret) }
            }
            Target::PagerDuty { routing_key, urgency, incident } => {
                let body = self.pagerduty(routing_key, *urgency, incident, message);
                Post { client, url: &self.pagerduty_url, headers, body, secret }
            }
            Target::Sms { to } => {
                let missing = || Undelivered::Later("SMS_URL is not set any more".to_owned());
                let url = self.sms_url.as_deref().ok_or_else(missing)?;
                let mut headers = headers;
                if let Some(token) = &self.sms_token {
                    let bearer = header(&format!("Bearer {}", token.expose()))?;
                    headers.push((AUTHORIZATION, bearer));
                }
                let body = json!({ "to": to, "text": text });
                Post { client, url, headers, body, secret }
            }
            Target::Email { .. } => {
                return Err(Undelivered::Never("e-mail does not go over HTTP".to_owned()));
            }
        })
    }

    /// Events API v2.
    fn pagerduty(
        &self,
        routing_key: &Secret,
        urgency: Urgency,
        incident: &str,
        message: &Rendered,
    ) -> Value {
        if urgency == Urgency::Resolved {
            return json!({
                "routing_key": routing_key.expose(),
                "event_action": "resolve",
                "dedup_key": incident,
            });
        }
        json!({
            "routing_key": routing_key.expose(),
            "event_action": "trigger",
            "dedup_key": incident,
            "payload": {
                "summary": message.subject,
                "source": self.source,
                "severity": urgency,
                "custom_details": { "text": message.text },
            },
        })
    }
}

fn header(value: &str) -> Result<HeaderValue, Undelivered> {
    let mut value =
        HeaderValue::from_str(value).map_err(|error| Undelivered::Never(error.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn said(status: u16, body: &str) -> String {
    let beginning: String = body.chars().take(200).collect();
    format!("it answered {status}: {beginning}")
}

fn undelivered(error: &OutboundError) -> Undelivered {
    match error {
        OutboundError::Unreachable { .. } => Undelivered::Later(error.to_string()),
        _ => Undelivered::Never(error.to_string()),
    }
}

/// So that no text calls everybody in a channel.
fn slack_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
