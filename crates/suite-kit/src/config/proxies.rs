//! Which peers are proxies of ours, so that what they say about their clients is believed.
//!
//! Never believes a peer that is not named: anybody can send the header.

use std::net::IpAddr;

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses and networks, comma-separated: `10.0.0.7, 192.168.0.0/16, fd00::/8`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrustedProxies(Vec<Network>);

/// The addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl TrustedProxies {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Whom a request comes from: the peer; or, as far as those on the way are trusted, whoever
    /// they say. What stands left of the first untrusted address may be invented.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
        let said = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for hop in said {
            if !self.contains(client) {
                return client;
            }
            // What is no address says nothing: the last one that was told stays.
            let Some(hop) = std::str::from_utf8(hop).ok().and_then(address) else { return client };
            client = hop;
        }
        client
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differing = u32::from(ours) ^ u32::from(theirs);
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differing = u128::from(ours) ^ u128::from(theirs);
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(bits_max);
        (bits <= bits_max).then_some(Self { address, bits })
    }
}

/// An address as proxies write it, some of them with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let with_port = || Some(hop.parse::<std::net::SocketAddr>().ok()?.ip());
    hop.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

impl TryFrom<String> for TrustedProxies {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| {
            Network::read(part).ok_or_else(|| {
                format!("`{part}` is no address and no network such as 10.0.0.0/8: write one")
            })
        };
        parts.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl From<TrustedProxies> for String {
    fn from(proxies: TrustedProxies) -> Self {
        let written = |network: &Network| format!("{}/{}", network.address, network.bits);
        proxies.0.iter().map(written).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, lines: &[&str]) -> String {
        let trusted = TrustedProxies::try_from(trusted.to_owned()).unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        trusted.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_named() {
        assert_eq!(client("", "127.0.0.1", &["203.0.113.9"]), "127.0.0.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "11.0.0.1", &["203.0.113.9"]), "11.0.0.1");
    }

    #[test]
    fn the_client_is_the_rightmost_that_is_not_a_proxy() {
        let trusted = "10.0.0.0/8, 192.0.2.7, fd00::/8";
        assert_eq!(client(trusted, "10.1.2.3", &["203.0.113.9"]), "203.0.113.9");
        // What the client itself sent stands on the left.
        assert_eq!(client(trusted, "10.1.2.3", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        let lines = ["10.0.0.9", "198.51.100.1, 203.0.113.9", "192.0.2.7"];
        assert_eq!(client(trusted, "fd00::1", &lines), "203.0.113.9");
        // Proxies alone, and a proxy that says nothing.
        assert_eq!(client(trusted, "10.1.2.3", &["10.0.0.8, 10.0.0.9"]), "10.0.0.8");
        assert_eq!(client(trusted, "10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn odd_spellings_are_the_same_address_and_nonsense_is_none() {
        let trusted = "10.0.0.0/8";
        assert_eq!(client(trusted, "::ffff:10.1.2.3", &["::ffff:203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(trusted, "10.1.2.3", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(client(trusted, "10.1.2.3", &["[2001:db8::1]:4711"]), "2001:db8::1");
        for nonsense in ["", "unknown", "203.0.113.9, ", "203.0.113.9, _hidden", "1.2.3", "a b"] {
            assert_eq!(client(trusted, "10.1.2.3", &[nonsense]), "10.1.2.3", "{nonsense}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["10.0.0.0/33", "10.0.0", "*", "fd00::/129", "10.0.0.0/", "proxy.example.com"] {
            assert!(TrustedProxies::try_from(text.to_owned()).is_err(), "{text}");
        }
        let written =
            String::from(TrustedProxies::try_from("10.0.0.1 ,, ::/0".to_owned()).unwrap());
        assert_eq!(written, "10.0.0.1/32,::/0");
    }
}
