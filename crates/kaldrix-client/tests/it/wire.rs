//! Transactions as JSON and in the compact form: there and back, and what is refused.

use kaldrix_client::api::{BATCH_TRANSACTIONS_MAX, Fees, SignedTransaction};
use kaldrix_client::binary::TransactionBatch;
use kaldrix_client::{
    Address, Amount, ChainId, Digest, Notarisation, Payload, PublicKey, Scheme, Signature,
    Transaction, TransactionBody, Witness, encoding,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.to_vec())
}

fn public_key((scheme, fill): (Scheme, u8)) -> PublicKey {
    PublicKey::new(scheme, &vec![fill; scheme.public_key_bytes()]).unwrap()
}

fn payload() -> impl Strategy<Value = Payload> {
    let transfer = (any::<[u8; 32]>(), any::<u64>()).prop_map(|(to, amount)| Payload::Transfer {
        to: Address(Digest(to)),
        amount: Amount(amount),
    });
    let notarise =
        (vec(any::<u8>(), 0..=64), vec(any::<[u8; 32]>(), 0..=256)).prop_map(|(tag, digests)| {
            Payload::Notarise(Notarisation {
                tag: encoding::Bounded::new(tag).unwrap(),
                digests: encoding::Bounded::new(digests.into_iter().map(Digest).collect()).unwrap(),
            })
        });
    prop_oneof![transfer, notarise]
}

prop_compose! {
    fn transaction()(
        ids in any::<[[u8; 32]; 2]>(),
        numbers in any::<[u64; 3]>(),
        key in prop::option::of((scheme(), any::<u8>())),
        signature in (scheme(), any::<u8>()),
        payload in payload(),
    ) -> Transaction {
        let body = TransactionBody {
            chain_id: ChainId(Digest(ids[0])),
            sender: Address(Digest(ids[1])),
            sequence: numbers[0],
            fee: Amount(numbers[1]),
            expiry_height: numbers[2],
            public_key: key.map(public_key),
            payload,
        };
        let (scheme, fill) = signature;
        let signature = Signature::new(scheme, &vec![fill; scheme.signature_bytes()]).unwrap();
        Transaction { body, witness: Witness::Signature(signature) }
    }
}

fn from_json(text: &str) -> Result<Transaction, String> {
    let signed: SignedTransaction = serde_json::from_str(text).map_err(|e| e.to_string())?;
    signed.try_into().map_err(|error: kaldrix_client::api::FieldError| error.to_string())
}

proptest! {
    #[test]
    fn json_comes_back_as_the_same_transaction(transaction in transaction()) {
        let text = serde_json::to_string(&SignedTransaction::from(&transaction)).unwrap();
        let back = from_json(&text).unwrap();
        prop_assert_eq!(back.id(), transaction.id());
        prop_assert_eq!(back, transaction);
    }

    #[test]
    fn a_batch_comes_back_whole_or_not_at_all(
        transactions in vec(transaction(), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let batch = TransactionBatch::new(transactions).unwrap();
        let bytes = encoding::to_bytes(&batch);
        prop_assert_eq!(&encoding::from_bytes::<TransactionBatch>(&bytes).unwrap(), &batch);
        let cut = &bytes[..cut.index(bytes.len())];
        prop_assert!(encoding::from_bytes::<TransactionBatch>(cut).is_err());
        let longer = [bytes.as_slice(), &[0]].concat();
        prop_assert!(encoding::from_bytes::<TransactionBatch>(&longer).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in vec(any::<u8>(), 0..4096)) {
        let _ = encoding::from_bytes::<TransactionBatch>(&bytes);
        let _ = from_json(&String::from_utf8_lossy(&bytes));
        let tagged = [&[1], bytes.as_slice()].concat();
        let _ = encoding::from_bytes::<TransactionBatch>(&tagged);
    }

    #[test]
    fn fees_saturate(base in any::<u64>(), per_byte in any::<u64>(), bytes in any::<usize>()) {
        let fees = Fees { base: Amount(base), per_byte: Amount(per_byte) };
        prop_assert!(fees.minimum(bytes, Scheme::MlDsa44) >= Amount(base));
    }
}

/// A good transaction whose payload has `digests` digests and a tag of `tag` bytes.
fn notarisation(tag: usize, digests: usize) -> String {
    let digests = vec![Digest([7; 32]).to_string(); digests];
    let key = serde_json::json!({ "scheme": "ml-dsa-44", "bytes": "00".repeat(2420) });
    let body = serde_json::json!({
        "chain_id": Digest([1; 32]).to_string(),
        "sender": Address(Digest([2; 32])).to_string(),
        "sequence": 0,
        "fee": "1",
        "expiry_height": 1,
        "payload": { "type": "notarise", "tag": "00".repeat(tag), "digests": digests },
    });
    serde_json::json!({ "body": body, "signature": key }).to_string()
}

#[test]
fn lists_above_their_bounds_are_named() {
    from_json(&notarisation(64, 256)).unwrap();
    let tag = from_json(&notarisation(65, 1)).unwrap_err();
    assert_eq!(tag, "body.payload.tag: 65 entries exceed the limit of 64");
    let digests = from_json(&notarisation(0, 257)).unwrap_err();
    assert_eq!(digests, "body.payload.digests: 257 entries exceed the limit of 256");
    let one = from_json(&notarisation(0, 1)).unwrap();
    let many = TransactionBatch::new(vec![one; BATCH_TRANSACTIONS_MAX + 1]).unwrap_err();
    assert_eq!(many.length_max, BATCH_TRANSACTIONS_MAX);
}

#[test]
fn a_length_that_promises_too_much_allocates_nothing() {
    let mut bytes = vec![1];
    bytes.extend(u32::MAX.to_le_bytes());
    let error = encoding::from_bytes::<TransactionBatch>(&bytes).unwrap_err().to_string();
    assert!(error.contains("exceed the limit of 512"), "{error}");
}
