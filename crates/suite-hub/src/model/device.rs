//! Where somebody signs in from, as far as a request tells: a browser and the network it is in. It
//! proves nothing; it is good enough to tell people of a sign-in that they may not expect.

use std::net::{IpAddr, Ipv6Addr};

const CHARS_MAX: usize = 80;

/// What each names itself by, the more special first: Edge calls itself Chrome too.
const BROWSERS: [(&str, &str); 5] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// `Firefox on Linux`, or what a program calls itself, without its version.
pub fn describe(user_agent: &str) -> String {
    let named = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => {
            let program = user_agent.split(['/', ' ']).next().unwrap_or_default();
            let plain = program.chars().filter(|character| !character.is_control());
            let plain: String = plain.take(CHARS_MAX).collect();
            if plain.is_empty() { "A program without a name".to_owned() } else { plain }
        }
    }
}

/// What a device is known by: updates of its browser and addresses that its provider changes leave
/// it the same.
pub fn known_as(address: IpAddr, user_agent: &str) -> String {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            format!("{first}.{second}.0.0/16")
        }
        IpAddr::V6(address) => {
            let network = address.to_bits() & !(u128::MAX >> 32);
            format!("{}/32", Ipv6Addr::from_bits(network))
        }
    };
    format!("{}, {network}", describe(user_agent))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                        Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";
    const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) \
                          AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1";

    #[test]
    fn browsers_are_named_as_people_know_them() {
        for (user_agent, named) in [
            (FIREFOX, "Firefox on Linux"),
            (EDGE, "Edge on Windows"),
            (SAFARI, "Safari on iOS"),
            ("curl/8.5.0", "curl"),
            ("", "A program without a name"),
        ] {
            assert_eq!(describe(user_agent), named);
        }
        assert_eq!(describe(&"x".repeat(1_000)).len(), CHARS_MAX);
    }

    #[test]
    fn updates_and_changing_addresses_leave_a_device_the_same() {
        let known = |address: &str, agent: &str| known_as(address.parse().unwrap(), agent);
        let firefox = known("203.0.113.9", FIREFOX);
        assert_eq!(firefox, "Firefox on Linux, 203.0.0.0/16");
        assert_eq!(known("203.0.7.7", &FIREFOX.replace("140", "141")), firefox);
        assert_eq!(known("::ffff:203.0.1.1", FIREFOX), firefox);
        assert_ne!(known("198.51.100.1", FIREFOX), firefox);
        assert_ne!(known("203.0.113.9", EDGE), firefox);
        assert_eq!(known("2001:db8:1:2::9", "curl/8"), "curl, 2001:db8::/32");
    }
}
