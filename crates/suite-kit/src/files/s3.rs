//! Files in S3-compatible object storage: one object each, `<prefix><service>/<tenant>/<id>`.
//!
//! Requests are signed as URLs (AWS Signature Version 4). The storage is told the file's digest, and
//! refuses what arrives as something else.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header::CONTENT_LENGTH};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::StreamExt;
use hyper::body::Incoming;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use suite_contracts::{ServiceName, TenantId};
use uuid::Uuid;

use super::folder::pieces;
use super::{Content, FilesError, Received, SILENT_MS_MAX, UPLOAD_MS_MAX, io};
use crate::config::Config;
use crate::service::Peers;

/// For an answer to begin.
const HEAD_MS_MAX: u64 = 30_000;
/// How long a signed URL counts: clocks may differ, and a request may wait for a connection.
const SIGNED_S: u64 = 300;
const ANSWER_BYTES_MAX: usize = 16 * 1024;
const CHECKSUM: &str = "x-amz-checksum-sha256";

pub(super) struct S3 {
    bucket: Bucket,
    credentials: Credentials,
    /// Of every key, with the service.
    prefix: String,
    peers: Peers,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3").field("bucket", &self.bucket.name()).finish_non_exhaustive()
    }
}

impl S3 {
    pub(super) fn open(config: &Config, service: ServiceName) -> Result<Self, FilesError> {
        let missing = |name: &str| {
            FilesError::Config(format!("{name} is missing: S3_ENDPOINT does not go without it"))
        };
        let endpoint = config.s3_endpoint.as_deref().ok_or_else(|| missing("S3_ENDPOINT"))?;
        let unusable = |reason: &dyn std::fmt::Display| {
            FilesError::Config(format!("S3_ENDPOINT {endpoint} cannot be used: {reason}"))
        };
        let url = endpoint
            .parse()
            .map_err(|error: <reqwest::Url as std::str::FromStr>::Err| unusable(&error))?;
        let name = config.s3_bucket.clone().ok_or_else(|| missing("S3_BUCKET"))?;
        let key = config.s3_access_key.clone().ok_or_else(|| missing("S3_ACCESS_KEY"))?;
        let secret = config.s3_secret_key.as_ref().ok_or_else(|| missing("S3_SECRET_KEY"))?;
        let style = if config.s3_path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let bucket = Bucket::new(url, style, name, config.s3_region.clone());
        let bucket = bucket.map_err(|error| unusable(&error))?;
        let credentials = Credentials::new(key, secret.expose());
        let peers = Peers::new(config).map_err(|error| FilesError::Config(error.to_string()))?;
        let prefix = format!("{}{}/", config.s3_prefix, service.schema());
        Ok(Self { bucket, credentials, prefix, peers })
    }

    fn key(&self, (tenant, id): (TenantId, Uuid)) -> String {
        format!("{}{}/{id}", self.prefix, tenant.0)
    }

    pub(super) async fn keep(
        &self,
        own: (TenantId, Uuid),
        file: Received,
    ) -> Result<(), FilesError> {
        let key = self.key(own);
        let checksum = STANDARD.encode(hex::decode(&file.sha256).unwrap_or_default());
        let mut action = self.bucket.put_object(Some(&self.credentials), &key);
        action.headers_mut().insert(CHECKSUM, checksum.clone());
        let url = action.sign(Duration::from_secs(SIGNED_S));
        let opened = io(&file.path, tokio::fs::File::open(&file.path).await)?;
        let request = Request::builder()
            .method(Method::PUT)
            .uri(url.as_str())
            .header(CONTENT_LENGTH, file.bytes)
            .header(CHECKSUM, checksum)
            .body(Body::from_stream(pieces(opened, file.path.clone())));
        let (status, said) = self.answered(request, UPLOAD_MS_MAX).await?;
        if status.is_success() { Ok(()) } else { Err(refused(status, &said)) }
    }

    pub(super) async fn read(&self, own: (TenantId, Uuid)) -> Result<Content, FilesError> {
        let key = self.key(own);
        let action = self.bucket.get_object(Some(&self.credentials), &key);
        let url = action.sign(Duration::from_secs(SIGNED_S));
        let request = Request::builder().method(Method::GET).uri(url.as_str()).body(Body::empty());
        let response = self.send(request, HEAD_MS_MAX).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Err(FilesError::Gone(own.1)),
            status if !status.is_success() => Err(refused(status, &said(response).await)),
            _ => {
                let body = Body::new(response.into_body()).into_data_stream();
                let pieces = futures_util::stream::unfold(Some(body), |body| async move {
                    let mut body = body?;
                    let silent = Duration::from_millis(SILENT_MS_MAX);
                    let piece = match tokio::time::timeout(silent, body.next()).await {
                        Ok(piece) => piece?.map_err(|error| error.to_string()),
                        Err(_) => Err("nothing more came in time".to_owned()),
                    };
                    let body = piece.is_ok().then_some(body);
                    Some((piece.map_err(FilesError::Storage), body))
                });
                Ok(Box::pin(pieces))
            }
        }
    }

    pub(super) async fn remove(&self, own: (TenantId, Uuid)) -> Result<(), FilesError> {
        let key = self.key(own);
        let action = self.bucket.delete_object(Some(&self.credentials), &key);
        let url = action.sign(Duration::from_secs(SIGNED_S));
        let request =
            Request::builder().method(Method::DELETE).uri(url.as_str()).body(Body::empty());
        match self.answered(request, HEAD_MS_MAX).await? {
            (status, _) if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            (status, said) => Err(refused(status, &said)),
        }
    }

    async fn answered(
        &self,
        request: axum::http::Result<Request<Body>>,
        ms_max: u64,
    ) -> Result<(StatusCode, Bytes), FilesError> {
        let response = self.send(request, ms_max).await?;
        Ok((response.status(), said(response).await))
    }

    async fn send(
        &self,
        request: axum::http::Result<Request<Body>>,
        ms_max: u64,
    ) -> Result<Response<Incoming>, FilesError> {
        let request = request.map_err(|error| FilesError::Storage(error.to_string()))?;
        let answering = self.peers.send(request);
        let answer = tokio::time::timeout(Duration::from_millis(ms_max), answering).await;
        let answer =
            answer.map_err(|_| FilesError::Storage("it does not answer in time".into()))?;
        answer.map_err(|error| FilesError::Storage(error.to_string()))
    }
}

async fn said(response: Response<Incoming>) -> Bytes {
    let reading = axum::body::to_bytes(Body::new(response.into_body()), ANSWER_BYTES_MAX);
    let read = tokio::time::timeout(Duration::from_millis(HEAD_MS_MAX), reading).await;
    read.ok().and_then(Result::ok).unwrap_or_default()
}

/// For the log alone: S3 says why in XML.
fn refused(status: StatusCode, said: &[u8]) -> FilesError {
    let said: String = String::from_utf8_lossy(said).chars().take(500).collect();
    FilesError::Storage(format!("it answered with {status}: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn what_is_missing_is_named() {
        let mut config = Config { s3_endpoint: Some("not a url".into()), ..Config::default() };
        let opened = |config: &Config| {
            S3::open(config, ServiceName::ServiceCatalog).map(|_| ()).map_err(|e| e.to_string())
        };
        assert!(opened(&config).unwrap_err().starts_with("S3_ENDPOINT not a url cannot be used"));
        config.s3_endpoint = Some("https://s3.example.com".into());
        assert!(opened(&config).unwrap_err().starts_with("S3_BUCKET is missing"));
        config.s3_bucket = Some("files".into());
        assert!(opened(&config).unwrap_err().starts_with("S3_ACCESS_KEY is missing"));
        config.s3_access_key = Some("key".into());
        assert!(opened(&config).unwrap_err().starts_with("S3_SECRET_KEY is missing"));
        config.s3_secret_key = Some(Secret::new("secret"));
        assert_eq!(opened(&config), Ok(()));
    }
}
