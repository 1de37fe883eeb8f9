use super::*;
use proptest::prelude::*;

fn message(headers: &str, body: &str) -> Vec<u8> {
    format!("From: Ada <Ada@Example.com>\r\n{headers}\r\n{body}").into_bytes()
}

#[test]
fn a_message_is_read() {
    let raw = message(
        "Message-ID: <1@example.com>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
         In-Reply-To: <a@b>\r\nReferences: <c@d> <e@f>\r\n\
         Content-Type: text/plain; charset=iso-8859-1\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n",
        "caf=E9\r\n",
    );
    let read = read(&raw).unwrap();
    assert_eq!(read.from, "ada@example.com");
    assert_eq!(read.message_id.as_deref(), Some("1@example.com"));
    assert_eq!((&*read.subject, &*read.text), ("Grüße", "café"));
    assert_eq!(read.references, ["a@b", "e@f", "c@d"]);
    assert_eq!((read.attachments.len(), read.automatic), (0, None));
}

#[test]
fn html_becomes_text_and_attachments_are_found() {
    let raw = message(
        "Content-Type: multipart/mixed; boundary=x\r\n",
        "--x\r\nContent-Type: text/html\r\n\r\n\
         <style>a</style><p>One</p><script>alert(1)</script>\r\n\
         --x\r\nContent-Type: image/png; name=\"../a.png\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment\r\n\r\niVBORw0KGgo=\r\n\
         --x\r\nContent-Type: message/rfc822\r\n\r\n\
         From: eve@example.com\r\n\r\ninner\r\n--x--\r\n",
    );
    let read = read(&raw).unwrap();
    assert_eq!(read.text, "One");
    let names: Vec<&str> = read.attachments.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["../a.png", "message.eml"]);
    assert!(read.attachments[0].content.starts_with(b"\x89PNG"));
    assert!(read.attachments[1].content.starts_with(b"From: eve@"));
}

#[test]
fn what_cannot_be_read_is_told_and_never_a_panic() {
    let huge = message(&format!("X: {}\r\n", "a".repeat(HEADER_BYTES_MAX)), "");
    assert_eq!(read(&huge), Err(Malformed::HugeHeaders));
    let many = message("", &"Content-Type: text/plain\r\n".repeat(PARTS_MAX + 1));
    assert_eq!(read(&many), Err(Malformed::TooManyParts));
    // Parts that say nothing of themselves, and those that are marked within a line.
    for mark in ["--x\r\n\r\n", "--x\nContent-Disposition: attachment\n\n", "a--x\n\n"] {
        let headers = "Content-Type: multipart/mixed;\r\n boundary=\"x\"\r\n";
        let many = message(headers, &mark.repeat(200_000));
        assert_eq!(read(&many), Err(Malformed::TooManyParts), "{mark}");
        let few = message(headers, &mark.repeat(PARTS_MAX - 10));
        assert!(read(&few).is_ok(), "{mark}");
    }
    let deep: String = (0..200)
        .map(|at| format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n"))
        .collect();
    assert_eq!(read(&message("", &deep)), Err(Malformed::TooManyParts));
    assert_eq!(read(b""), Err(Malformed::NoHeaders));
    for raw in [
        b"\0\0\0".as_slice(),
        b"Subject: no sender\r\n\r\n",
        b"From: a@b.example, c@d.example\r\n\r\n",
        b"From: nobody\r\n\r\n",
        b"From: \"a\0b\"@example.com\r\n\r\n",
    ] {
        assert!(read(raw).is_err(), "{raw:?}");
    }
    let twice = message("From: eve@example.com\r\n", "");
    assert_eq!(read(&twice), Err(Malformed::TwoHeaders));
}

#[test]
fn nesting_is_not_followed() {
    // Each is a message in a message: as deep as there is room.
    let bomb = message("", "").into_iter().take(29).collect::<Vec<u8>>();
    let bomb = [bomb, b"Content-Type: message/rfc822\r\n\r\n".repeat(400)].concat();
    let read_bomb = read(&bomb).unwrap();
    assert_eq!(read_bomb.attachments.len(), 1);
    let encoded = "Q29udGVudC1UeXBlOiBtZXNzYWdlL3JmYzgyMg0KDQo=\r\n".repeat(10_000);
    let raw = message(
        "Content-Type : message\r\n /RFC822; x=y\r\nContent-Transfer-Encoding: base64\r\n",
        &encoded,
    );
    assert!(read(&raw).is_ok());
    let digest = "--x\r\n\r\nContent-Type: multipart/digest; boundary=x\r\n\r\n".repeat(300);
    let raw = message("Content-Type: multipart/DIGEST; boundary=x\r\n", &digest);
    assert!(read(&raw).is_ok());
    let mut nested = String::new();
    for depth in 0..300 {
        nested +=
            &format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n");
    }
    let _ = read(&message(&nested, "end"));
}

#[test]
fn texts_have_no_control_characters() {
    let raw = message(
        "Subject: a\0b\u{202e}c\r\nContent-Type: text/plain; charset=no-such-one\r\n",
        "one\0\x07\r\ntwo \u{202e}three",
    );
    let read = read(&raw).unwrap();
    assert_eq!((&*read.subject, &*read.text), ("abc", "one\ntwo three"));
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn nothing_that_looks_like_a_message_does(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("From: ada@example.com\r\n"), Just("From: =?utf-8?b?//8=?= <a@b.example>\r\n"),
                Just("Content-Type: multipart/mixed; boundary=\"x\"\r\n"),
                Just("Content-Type: multipart/digest; boundary=x\r\n"),
                Just("Content-Type: message/rfc822\r\n"),
                Just("Content-Type: text/html; charset=\r\n"),
                Just("Content-Transfer-Encoding: base64\r\n"), Just("\r\n"), Just("--x\r\n"),
                Just("--x--\r\n"), Just("=?utf-16?Q?=00?="), Just("\0"), Just("<b"),
                Just("QUJD\r\n"),
                Just("Content-Disposition: attachment; filename*=utf-8''%ff\r\n"),
                Just("References: <a@b> <"), Just(" folded\r\n"), Just("Subject: "),
            ],
            0..40,
        )
    ) {
        let _ = read(parts.concat().as_bytes());
    }
}
