//! `itechsmart run`: services and their consoles behind their ports, in one process.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use axum::Router;
use suite_catalog::demo::Company;
use suite_contracts::ServiceName;
use suite_hub::{Administration, Demo, HubService};
use suite_kit::config::Config;
use suite_kit::service::{self, Limits, Running, Server, Service, Tls};
use suite_kit::telemetry::Telemetry;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::proxy::{self, Port};
use crate::services::Chosen;
use crate::{clock, console, services};

/// A port that is open, and what will answer there.
struct Opened {
    server: Server,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Api(ServiceName),
    Console(ServiceName),
}

/// Runs until the process is told to end.
pub async fn run(config: Config, chosen: &Chosen, demo: bool) -> Result<()> {
    let started = Instant::now();
    // From now on an order to end is heard.
    let end = the_end()?;
    let _telemetry = Telemetry::start(&config)?;
    if chosen.services.is_empty() && config.hub_url.is_none() {
        anyhow::bail!("a console alone needs to know where Hub is: set HUB_URL");
    }
    // Before anything else starts: a port in use is what goes wrong most often.
    let opened = open(&config, chosen).await?;
    let config = Arc::new(config);
    let hub = Arc::new(HubService::knowing(services::permissions()));
    let services: Vec<Arc<dyn Service>> = chosen
        .services
        .iter()
        .map(|name| match name {
            ServiceName::Hub => Ok(hub.clone() as Arc<dyn Service>),
            other => services::one(*other),
        })
        .collect::<Result<_>>()?;
    // What it tells of is past by the time that anything runs.
    let made = match demo {
        true => Some(make_demo(&config, chosen).await),
        false => None,
    };
    let running = match services.as_slice() {
        [] => None,
        services => Some(service::start(config.clone(), clock(), services).await?),
    };
    let registry = running.as_ref().and_then(Running::registry);
    let elsewhere = proxy::router(&config, registry)?;
    let stop = CancellationToken::new();
    let mut serving = tokio::task::JoinSet::new();
    for Opened { server, what } in opened {
        let address = server.address()?;
        let router = router(running.as_ref(), &elsewhere, what);
        let (stop, scheme) = (stop.clone(), scheme(&config));
        match what {
            What::Api(name) => println!("{:<24} API      {scheme}://{address}", name.title()),
            What::Console(name) => println!("{:<24} console  {scheme}://{address}", name.title()),
        }
        serving.spawn(async move { server.serve(router, stop).await });
    }
    println!("ready in {:.1} s", started.elapsed().as_secs_f32());
    match made {
        None => {}
        Some(Ok(demo)) => println!("\nDemo: sign in as {} with `{}`", demo.email, *demo.password),
        Some(Err(error)) => println!("\nno demo was made: {error:#}"),
    }
    if let Some(link) = hub.setup_link().await? {
        println!("\nFirst start: make the first administrator at\n  {link}\n");
    }
    end.await?;
    println!("stopping");
    stop.cancel();
    while serving.join_next().await.is_some() {}
    if let Some(running) = running {
        running.stop().await;
    }
    Ok(())
}

/// Makes the demo, or says why not: what is there is never mixed with it.
async fn make_demo(config: &Arc<Config>, chosen: &Chosen) -> Result<Demo> {
    let administration = Administration::open(config.clone()).await?;
    let demo = administration.demo().await;
    administration.close().await;
    let demo = demo?;
    if chosen.services.contains(&ServiceName::ServiceCatalog) {
        println!("living through a year of a made-up company, which takes a while");
        let company = Company {
            tenant: demo.tenant_id,
            administrator: demo.administrator,
            members: demo.members.clone(),
            groups: demo.groups.clone(),
        };
        suite_catalog::demo::make(config, company, suite_catalog::demo::DAYS)
            .await
            .context("the service catalog's year")?;
    }
    Ok(demo)
}

async fn open(config: &Config, chosen: &Chosen) -> Result<Vec<Opened>> {
    let host: IpAddr = config
        .bind_address
        .parse()
        .with_context(|| format!("BIND_ADDRESS: `{}` is no IP address", config.bind_address))?;
    let tls = match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(Tls { certificate: certificate.clone(), key: key.clone() })
        }
        (None, None) => None,
        _ => anyhow::bail!("TLS_CERTIFICATE and TLS_KEY go together: set both or none"),
    };
    let apis = chosen.services.iter().map(|name| (What::Api(*name), name.port()));
    let consoles = chosen.consoles.iter().map(|name| (What::Console(*name), name.console_port()));
    let mut opened = Vec::new();
    for (what, port) in apis.chain(consoles) {
        let port = port.checked_add(config.port_offset);
        let port = port.context("PORT_OFFSET: ports end at 65535")?;
        let address = SocketAddr::from((host, port));
        let server = Server::bind(address, tls.as_ref(), Limits::default()).await?;
        let server = server.behind(config.trusted_proxies.clone());
        opened.push(Opened { server, what });
    }
    Ok(opened)
}

fn scheme(config: &Config) -> &'static str {
    if config.tls_certificate.is_some() { "https" } else { "http" }
}

fn router(running: Option<&Running>, elsewhere: &Router, what: What) -> Router {
    let services = running.map(|running| running.services.as_slice()).unwrap_or_default();
    match what {
        What::Api(name) => {
            let own = services.iter().find(|started| started.name == name);
            let own = own
                .map(|started| started.router.clone().route("/metrics", started.metrics.clone()));
            own.unwrap_or_default()
        }
        What::Console(name) => {
            let names = services.iter().map(|started| started.name).collect();
            let local = running.map(|running| (running.router(), names));
            let (console, elsewhere) = (console::router(name), elsewhere.clone());
            Port { console, local, elsewhere }.router()
        }
    }
}

fn the_end() -> Result<impl Future<Output = Result<()>>> {
    let mut terminate = signal(SignalKind::terminate()).context("could not wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("could not wait for Ctrl-C")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    })
}
