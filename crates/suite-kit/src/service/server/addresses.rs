//! How many connections each address has open, so that one client cannot take them all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use parking_lot::Mutex;

/// Clones count together.
#[derive(Clone, Default)]
pub(super) struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection's place.
pub(super) struct Place {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// A place for one more, if there is one.
    pub(super) fn enter(&self, peer: IpAddr, places_max: usize) -> Option<Place> {
        let address = counted(peer);
        let mut open = self.0.lock();
        let count = open.entry(address).or_default();
        if *count >= places_max {
            return None;
        }
        *count += 1;
        Some(Place { addresses: self.clone(), address })
    }
}

/// Whoever has one IPv6 address has its /64.
fn counted(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.addresses.0.lock();
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_ipv4_is_known_in_both_forms() {
        let addresses = Addresses::default();
        let first = addresses.enter(address("2001:db8:0:1::1"), 1).unwrap();
        assert!(addresses.enter(address("2001:db8:0:1:ffff::2"), 1).is_none());
        let _other = addresses.enter(address("2001:db8:0:2::1"), 1).unwrap();
        let _mapped = addresses.enter(address("::ffff:192.0.2.1"), 1).unwrap();
        assert!(addresses.enter(address("192.0.2.1"), 1).is_none());
        drop(first);
        assert!(addresses.enter(address("2001:db8:0:1:ffff::2"), 1).is_some());
        assert_eq!(addresses.0.lock().len(), 2, "an address without connections is forgotten");
    }
}
