use super::*;

fn message(subject: &str) -> Rendered {
    Rendered::plain(subject, "text")
}

fn email(to: &str) -> Target {
    Target::Email { to: to.to_owned() }
}

#[test]
fn no_subject_or_recipient_becomes_a_header() {
    let good = email("ada@example.com");
    assert_eq!(check(&good, &message("Hello")).unwrap(), "ada@example.com");
    for subject in ["a\r\nBcc: eve@example.com", "a\nb", "a\u{0}b", &"x".repeat(201)] {
        assert!(matches!(check(&good, &message(subject)), Err(NotifyError::Subject)));
    }
    let number = |to: &str| Target::Sms { to: to.to_owned() };
    assert!(check(&number("+4915112345678"), &message("a")).is_ok());
    let targets = [
        email("ada@example.com\r\nBcc: eve@example.com"),
        email("ada@example.com,eve@example.com"),
        number("004915112345678"),
        number("+49 151"),
        number("+4915112345678\n"),
        Target::Webhook { url: "file:///etc/passwd".to_owned(), secret: Secret::new("s") },
        Target::Slack { url: Secret::new("https://a:b@example.com") },
    ];
    for target in targets {
        let checked = check(&target, &message("a"));
        assert!(matches!(checked, Err(NotifyError::Recipient(_))), "{target:?}");
    }
}

#[test]
fn the_log_shows_no_secret_of_a_target() {
    let url = Secret::new("https://hooks.example.com/services/T000/B000/secret");
    assert_eq!(check(&Target::Slack { url }, &message("a")).unwrap(), "hooks.example.com");
    let url = "https://example.com/hook?token=secret".to_owned();
    let target = Target::Webhook { url, secret: Secret::new("s") };
    assert_eq!(check(&target, &message("a")).unwrap(), "example.com");
}

#[test]
fn texts_are_bounded() {
    let long = Rendered::plain("a", "x".repeat(TEXT_BYTES_MAX + 1));
    assert!(matches!(check(&email("ada@example.com"), &long), Err(NotifyError::Text)));
}
