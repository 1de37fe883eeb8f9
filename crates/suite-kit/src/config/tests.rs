use super::*;

const GOOD: [&str; 3] = [
    "kX2v9LqP7sTzW4yR8nB3mC6jH1gF5dAQ",
    "pQ8wE4rT2yU6iO1aS9dF3gH7jK5lZ0xC",
    "zM1nB7vC3xL9kJ5hG2fD8sA4pO6iU0yT",
];

fn production() -> Config {
    let [secret_key, jwt_secret, encryption_key] = GOOD.map(|value| Some(Secret::new(value)));
    Config {
        environment: Environment::Production,
        public_url: Some("https://it.example.com".into()),
        secret_key,
        jwt_secret,
        encryption_key,
        ..Config::default()
    }
}

fn refused(config: Config) -> String {
    config.secure().unwrap_err().to_string()
}

#[test]
fn production_starts_with_secrets_of_its_own() {
    assert!(production().secure().is_ok());
}

#[test]
fn production_names_each_secret_that_is_missing_or_weak() {
    let missing = Config { jwt_secret: None, ..production() };
    assert!(refused(missing).starts_with("JWT_SECRET is missing: set it"));
    for weak in ["short", "change-me-change-me-change-me-change", &"ab".repeat(30)] {
        let config = Config { encryption_key: Some(Secret::new(weak)), ..production() };
        assert!(refused(config).starts_with("ENCRYPTION_KEY "), "{weak}");
    }
    let shared = Config { jwt_secret: Some(Secret::new(GOOD[0])), ..production() };
    assert!(refused(shared).contains("must differ"));
}

#[test]
fn production_refuses_other_unsafe_settings() {
    assert!(refused(Config { debug: true, ..production() }).contains("DEBUG"));
    assert!(refused(Config { public_url: None, ..production() }).contains("PUBLIC_URL"));
    let plain = Config { public_url: Some("http://it.example.com".into()), ..production() };
    assert!(refused(plain).contains("https"));
    let fooled = Config { public_url: Some("http://localhost.example.com".into()), ..production() };
    assert!(refused(fooled).contains("https"));
    let local = Config { public_url: Some("http://localhost:3000".into()), ..production() };
    assert!(local.secure().is_ok());
    assert!(refused(Config { allowed_origins: "*".into(), ..production() }).contains("`*`"));
}

#[test]
fn development_makes_secrets_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let (first, second) = (config().secure().unwrap(), config().secure().unwrap());
    assert!(first.secret_key.is_some());
    assert_eq!(first.secret_key, second.secret_key);
    assert_ne!(first.secret_key, first.jwt_secret);
    assert!(!format!("{first:?}").contains(first.secret_key.as_ref().unwrap().expose()));
}

#[test]
fn a_file_beats_defaults_and_its_errors_name_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("development.yaml");
    std::fs::write(&file, "app_name: Example\nport_offset: 100\n").unwrap();
    let config = Config::load(folder.path()).unwrap();
    assert_eq!((config.app_name.as_str(), config.port_offset), ("Example", 100));
    assert_eq!(config.public_url(), "http://localhost:3100");
    std::fs::write(&file, "port_offset: many\n").unwrap();
    let error = Config::load(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("PORT_OFFSET: ") && error.contains("development.yaml"), "{error}");
}

#[test]
fn other_processes_are_told_an_address_that_they_can_reach() {
    let url = |bind_address: &str, announced_host: Option<&str>| {
        let (bind_address, announced_host) =
            (bind_address.into(), announced_host.map(str::to_owned));
        Config { bind_address, announced_host, port_offset: 10, ..Config::default() }
            .announced_url(8001)
    };
    assert_eq!(url("10.1.2.3", None), "http://10.1.2.3:8011");
    assert_eq!(url("::1", None), "http://[::1]:8011");
    assert_eq!(url("0.0.0.0", None), "http://localhost:8011");
    assert_eq!(url("0.0.0.0", Some("catalog.example.com")), "http://catalog.example.com:8011");
    assert_eq!(url("::", Some("2001:db8::1")), "http://[2001:db8::1]:8011");

    let elsewhere = Config {
        bind_address: "0.0.0.0".into(),
        hub_url: Some("https://hub.example.com".into()),
        ..production()
    };
    assert!(refused(elsewhere.clone()).contains("ANNOUNCED_HOST"));
    let named = Config { announced_host: Some("catalog.example.com".into()), ..elsewhere };
    assert!(named.secure().is_ok());
}

#[test]
fn a_proxy_that_is_no_address_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("development.yaml");
    std::fs::write(&file, "trusted_proxies: 10.0.0.0/8, ::1\n").unwrap();
    let config = Config::load(folder.path()).unwrap();
    assert_eq!(String::from(config.trusted_proxies), "10.0.0.0/8,::1/128");
    std::fs::write(&file, "trusted_proxies: 10.0.0.0/8, everybody\n").unwrap();
    let error = Config::load(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("TRUSTED_PROXIES") && error.contains("`everybody`"), "{error}");
}
