use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn record() -> Record {
    Record {
        id: Uuid::from_u128(1).into(),
        tenant: Uuid::from_u128(2).into(),
        at_ms: 1_774_747_800_123,
        actor_kind: "user".into(),
        actor_id: "018f".into(),
        actor_name: "Ada".into(),
        address: "192.0.2.1".into(),
        request_id: "request".into(),
        action: "hub.user.created".into(),
        subject_kind: "user".into(),
        subject_id: "42".into(),
        detail: r#"{"email":"ada@example.com"}"#.into(),
    }
}

/// Whoever changes these values makes every anchored record unprovable.
#[test]
fn hashes_stay_what_they_are() {
    let record = record();
    let hash = record.hash();
    let chain = link("hub", record.tenant, 1, &START, &hash);
    let stretch =
        Stretch { first_position: 1, last_position: 1, merkle_root: hash, chain_hash: chain };
    let digest = stretch.digest("hub", record.tenant);
    assert_eq!(
        [hash, chain, digest].map(|digest| digest.to_string()),
        [
            "a9d8a5d2376e8bfab004e2f5c72f954f77bc6910590979d223ba488f0ebced62",
            "001587e73112ef9ef2d20b26ac2e2be6dfc37409fe87e1acd087f6d2b3eedc8c",
            "140382556cde03a80611fd7c38c464311bdaa35d6fde5146eb3787451b65c6a8",
        ]
    );
}

#[test]
fn every_field_of_a_record_is_hashed() {
    let original = record();
    let other = || Uuid::from_u128(9);
    let changes: [fn(&mut Record); 10] = [
        |record| record.at_ms += 1,
        |record| record.actor_kind.push('x'),
        |record| record.actor_id.push('x'),
        |record| record.actor_name.push('x'),
        |record| record.address.push('x'),
        |record| record.request_id.push('x'),
        |record| record.action.push('x'),
        |record| record.subject_kind.push('x'),
        |record| record.subject_id.push('x'),
        |record| record.detail.push('x'),
    ];
    let mut hashes = vec![
        original.hash(),
        Record { id: other().into(), ..original.clone() }.hash(),
        Record { tenant: other().into(), ..original.clone() }.hash(),
    ];
    for change in changes {
        let mut changed = original.clone();
        change(&mut changed);
        hashes.push(changed.hash());
    }
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

proptest! {
    /// Nothing moves from one field to the next without another hash.
    #[test]
    fn texts_do_not_run_into_each_other(texts: [String; 4], cut in 0_usize..64) {
        let made = |texts: &[String; 4]| {
            let [subject_kind, subject_id, action, detail] = texts.clone();
            Record { subject_kind, subject_id, action, detail, ..record() }
        };
        let joined = format!("{}{}", texts[0], texts[1]);
        let place = joined.char_indices().map(|(place, _)| place).nth(cut);
        let (left, right) = joined.split_at(place.unwrap_or(joined.len()));
        let moved = [left.to_owned(), right.to_owned(), texts[2].clone(), texts[3].clone()];
        prop_assert_eq!(made(&moved).hash() == made(&texts).hash(), moved == texts);
    }

    #[test]
    fn a_link_binds_all_that_it_is_made_of(
        position: u64, previous: [u8; 32], hash: [u8; 32], other: [u8; 32],
    ) {
        prop_assume!(previous != other && hash != other);
        let tenant = record().tenant;
        let (previous, hash, other) = (Digest(previous), Digest(hash), Digest(other));
        let this = link("hub", tenant, position, &previous, &hash);
        prop_assert_ne!(this, link("ai", tenant, position, &previous, &hash));
        prop_assert_ne!(this, link("hub", Uuid::from_u128(9).into(), position, &previous, &hash));
        prop_assert_ne!(this, link("hub", tenant, position ^ 1, &previous, &hash));
        prop_assert_ne!(this, link("hub", tenant, position, &other, &hash));
        prop_assert_ne!(this, link("hub", tenant, position, &previous, &other));
    }
}
