//! Proofs that someone made to deceive, each with the link that gives it away.

use kaldrix_crypto::{KeyPair, Purpose, Signer};
use kaldrix_proof::{
    Checkpoint, Claim, CommitteeChange, ExecutedTransaction, Finality, LaterBlock, Proof, Trust,
    Votes, verify,
};
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::merkle::{self, Blake3};
use kaldrix_types::{
    Amount, CommitteeId, Epoch, Failure, Genesis, LedgerHeader, Outcome, Scheme, SignedVote,
    StateProof,
};

use crate::chain::{Chain, Validators, address, cast, digest, key, story};

/// A proof, what it is verified with, and the verdict.
pub struct Forgery {
    pub name: &'static str,
    pub proof: Proof,
    pub genesis: Genesis,
    pub checkpoint: Option<Checkpoint>,
    pub link: &'static str,
    pub fault: &'static str,
}

impl Forgery {
    pub fn trust(&self) -> Trust<'_> {
        match &self.checkpoint {
            Some(checkpoint) => Trust::Checkpoint(checkpoint),
            None => Trust::Genesis(&self.genesis),
        }
    }
}

/// Collects forgeries over one chain.
struct Forger {
    chain: Chain,
    forgeries: Vec<Forgery>,
}

pub fn forgeries() -> Vec<Forgery> {
    let mut forger = Forger { chain: story("forged"), forgeries: Vec::new() };
    forger.transactions();
    forger.accounts();
    forger.chains();
    forger.histories();
    forger.checkpoints();
    forger.committee_changes();
    forger.certificates();
    forger.forgeries
}

/// A quorum's votes for whatever they are shown.
fn certify(term: &Validators, header: &LedgerHeader) -> Votes {
    term.vote(&term.quorum(), &[header])
}

/// The header as a proof's claim, certified by `votes` alone.
fn certified(header: &LedgerHeader, votes: Votes) -> Proof {
    let committee_changes = Bounded::default();
    let finality = Finality::Certified { committee_changes, votes, checkpoint_path: None };
    Proof { claim: Claim::Block, header: header.clone(), later: None, finality }
}

fn votes(proof: &mut Proof, change: impl FnOnce(&mut Vec<SignedVote>)) {
    let Finality::Certified { votes, .. } = &mut proof.finality else { panic!("no votes") };
    let mut changed = votes.to_vec();
    change(&mut changed);
    *votes = Bounded::new(changed).unwrap();
}

fn changes(proof: &mut Proof, change: impl FnOnce(&mut Vec<CommitteeChange>)) {
    let Finality::Certified { committee_changes, .. } = &mut proof.finality else {
        panic!("no changes")
    };
    let mut changed = committee_changes.to_vec();
    change(&mut changed);
    *committee_changes = Bounded::new(changed).unwrap();
}

impl Forger {
    fn add(&mut self, name: &'static str, proof: Proof, link: &'static str, fault: &'static str) {
        self.push(name, proof, None, link, fault);
    }

    /// Verified with the block at `pinned`.
    fn since(
        &mut self,
        pinned: u64,
        name: &'static str,
        proof: Proof,
        link: &'static str,
        fault: &'static str,
    ) {
        let checkpoint = self.chain.checkpoint(pinned);
        self.push(name, proof, Some(checkpoint), link, fault);
    }

    fn push(
        &mut self,
        name: &'static str,
        proof: Proof,
        checkpoint: Option<Checkpoint>,
        link: &'static str,
        fault: &'static str,
    ) {
        let genesis = self.chain.genesis.clone();
        self.forgeries.push(Forgery { name, proof, genesis, checkpoint, link, fault });
    }

    fn transaction(&self, index: usize) -> ExecutedTransaction {
        self.chain.transaction(2, index)
    }

    /// A proof of a claim about the second block.
    fn of(&self, claim: Claim) -> Proof {
        self.chain.proof(claim, 2, 3)
    }

    fn transactions(&mut self) {
        let other_receipt =
            ExecutedTransaction { body: self.transaction(2).body, ..self.transaction(0) };
        let proof = self.of(Claim::Transaction(other_receipt));
        self.add("another transaction's receipt", proof, "claim", "receipt");

        let mut applied = self.transaction(1);
        applied.receipt.outcome = Outcome::Applied;
        let proof = self.of(Claim::Transaction(applied));
        self.add("a failure passed off as success", proof, "claim", "path");

        let mut elsewhere = self.transaction(0);
        elsewhere.receipt_path = self.transaction(2).receipt_path;
        let proof = self.of(Claim::Transaction(elsewhere));
        self.add("another receipt's path", proof, "claim", "path");

        let mut dearer = self.transaction(0);
        dearer.receipt.fee = Amount(1);
        let proof = self.of(Claim::Transaction(dearer));
        self.add("another fee", proof, "claim", "path");

        let notarisation = |digest, transaction| Claim::Notarisation { digest, transaction };
        let proof = self.of(notarisation(digest(50), self.transaction(0)));
        self.add("a transfer passed off as a notarisation", proof, "claim", "payload");
        let proof = self.of(notarisation(digest(52), self.transaction(2)));
        self.add("a digest that was not notarised", proof, "claim", "digest");
        let proof = self.chain.proof(Claim::Transaction(self.transaction(0)), 3, 3);
        self.add("a transaction of another block", proof, "claim", "path");

        // No ledger makes it: a notarisation of digests cannot fail.
        let mut failed = self.transaction(2);
        failed.receipt.outcome = Outcome::Failed(Failure::InsufficientBalance);
        let leaf = encoding::to_bytes(&failed.receipt);
        failed.receipt_path = merkle::prove::<Blake3, _>(&[&leaf], 0).unwrap();
        let receipts_root = merkle::root::<Blake3, _>([&leaf]);
        let header = LedgerHeader { receipts_root, ..self.chain.header(2).clone() };
        let mut proof = certified(&header, certify(&self.chain.terms[0], &header));
        proof.claim = notarisation(digest(50), failed);
        self.add("a notarisation that failed", proof, "claim", "outcome");
    }

    fn accounts(&mut self) {
        let absent = (100..200).map(|byte| self.chain.account(2, address(byte)));
        let absent: Vec<Claim> = absent.collect();
        let mut claims = Vec::new();
        let Claim::Account { address: holder, account, proof } = self.chain.account(2, address(1))
        else {
            panic!("an account")
        };
        let claim = |account, proof: &StateProof| {
            let proof = proof.clone();
            Claim::Account { address: holder, account, proof }
        };
        let mut richer = account.unwrap();
        richer.balance = Amount(richer.balance.0 + 1);
        claims.push(("another balance", claim(Some(richer), &proof)));
        claims.push(("an account passed off as absent", claim(None, &proof)));
        let empty = StateProof { leaf: None, ..proof.clone() };
        claims.push(("an account's place passed off as empty", claim(None, &empty)));
        for (name, with_leaf) in
            [("another account's absence", true), ("another empty place", false)]
        {
            let other = absent.iter().find_map(|claim| match claim {
                Claim::Account { proof, .. } if proof.leaf.is_some() == with_leaf => Some(proof),
                _ => None,
            });
            claims.push((name, claim(None, other.unwrap())));
        }
        let sender = self.chain.account(2, self.chain.sender());
        let Claim::Account { proof: of_sender, account: senders, .. } = sender else {
            panic!("an account")
        };
        claims.push(("the sender's account", claim(senders, &of_sender)));
        claims.push(("the sender for a neighbour", claim(None, &of_sender)));
        for (name, claim) in claims {
            let proof = self.of(claim);
            self.add(name, proof, "claim", "path");
        }
        let earlier = self.chain.proof(self.chain.account(2, address(1)), 3, 3);
        self.add("an account at another height", earlier, "claim", "path");
    }

    fn chains(&mut self) {
        let other = story("other");
        let proof = other.proof(Claim::Block, 2, 3);
        self.add("a proof of another chain by the same keys", proof, "header", "chain");

        let mut proof = self.of(Claim::Block);
        proof.later = other.proof(Claim::Block, 2, 3).later;
        self.add("a later block of another chain", proof, "history", "chain");

        let (header, term) = (self.chain.header(2).clone(), &self.chain.terms[0]);
        let mut proof = certified(&header, certify(term, &header));
        votes(&mut proof, |votes| {
            let mut ballot = term.ballot(0, &[&header]);
            ballot.chain_id = other.genesis.chain_id();
            votes[0] = cast(ballot, &term.keys[0]);
        });
        self.add("a vote cast on another chain", proof, "certificate", "vote-chain");

        let mut proof = self.chain.proof(Claim::Block, 6, 6);
        changes(&mut proof, |changes| changes[0].header.chain_id = other.genesis.chain_id());
        self.add("a committee change of another chain", proof, "committee-change", "chain");
    }

    fn histories(&mut self) {
        let later = |later: u64, height: u64| {
            Some(LaterBlock {
                header: self.chain.header(later).clone(),
                history_path: self.chain.history_path(height, 4),
            })
        };
        let with = |later| Proof { later, ..self.chain.proof(Claim::Block, 2, 4) };
        let mut found = vec![
            ("the path of another height", with(later(4, 3)), "path"),
            ("the path of genesis", with(later(4, 0)), "path"),
            ("the block itself as the later one", with(later(2, 2)), "height"),
            ("an earlier block as the later one", with(later(1, 1)), "height"),
        ];
        let mut unborn = with(later(4, 2));
        unborn.header.timestamp_ms += 1;
        found.push(("a block with another date", unborn, "path"));
        for (name, proof, fault) in found {
            self.add(name, proof, "history", fault);
        }
    }

    fn checkpoints(&mut self) {
        let proof = |pinned, height, certified| {
            self.chain.proof_since(pinned, Claim::Block, height, certified)
        };
        let genesis = self.chain.proof(Claim::Block, 5, 6);
        let (pinned, since) = (proof(5, 2, 5), proof(5, 5, 6));
        let wrong_path = proof(4, 5, 6);
        let too_low = proof(3, 5, 6);
        let below = proof(5, 2, 8);
        self.add("a pinned block that nobody pinned", pinned.clone(), "checkpoint", "not-pinned");
        self.add("a start that nobody pinned", since.clone(), "checkpoint", "not-pinned");
        self.since(6, "another pinned block", pinned, "checkpoint", "block");
        self.since(5, "no way from the pinned block", genesis, "checkpoint", "unlinked");
        self.since(6, "a certificate at the pinned height", since, "checkpoint", "height");
        self.since(8, "a certificate below the pinned height", too_low, "checkpoint", "height");
        self.since(5, "the path of another pinned block", wrong_path, "checkpoint", "path");
        self.since(5, "a past beside the pinned one", below, "checkpoint", "below-checkpoint");
        self.fork();
    }

    /// The genesis committee's keys forge another fourth block, years later.
    fn fork(&mut self) {
        let term = &self.chain.terms[0];
        let forged = LedgerHeader {
            timestamp_ms: self.chain.header(4).timestamp_ms + 1,
            next_committee: None,
            ..self.chain.header(4).clone()
        };
        let proof = certified(&forged, certify(term, &forged));
        // Who trusts genesis alone cannot tell: docs/spec/proofs.md, section 6.
        verify(&proof, self.chain.trust()).unwrap();

        let path = Some(self.chain.history_path(3, 4));
        let mut since = proof.clone();
        let Finality::Certified { checkpoint_path, .. } = &mut since.finality else {
            panic!("certified")
        };
        *checkpoint_path = path;
        self.since(5, "a fork below the checkpoint", since, "checkpoint", "height");
    }

    /// A proof of the eighth block, in the third epoch.
    fn third_epoch(&self) -> Proof {
        self.chain.proof(Claim::Block, 8, 8)
    }

    fn committee_changes(&mut self) {
        let link = "committee-change";
        let mut proof = self.third_epoch();
        changes(&mut proof, |changes| drop(changes.remove(0)));
        self.add("the first change left out", proof, link, "epoch");
        let mut proof = self.third_epoch();
        changes(&mut proof, |changes| drop(changes.remove(1)));
        self.add("the last change left out", proof, "certificate", "epoch");
        let mut proof = self.third_epoch();
        changes(&mut proof, |changes| changes.swap(0, 1));
        self.add("changes in another order", proof, link, "epoch");
        let mut proof = self.third_epoch();
        changes(&mut proof, |changes| changes.push(changes[1].clone()));
        self.add("a change twice", proof, link, "epoch");

        let stranger = Validators::four(1, 77);
        let mut proof = self.third_epoch();
        changes(&mut proof, |changes| changes[0].committee = stranger.committee.clone());
        self.add("a committee that nobody named", proof, link, "committee");
        let proof = self.named(None, 4, &stranger);
        self.add("a block that ends no epoch", proof, link, "committee");
        let later = Validators::four(2, 77);
        let proof = self.named(Some(later.committee.id()), 4, &later);
        self.add("a committee of the epoch after next", proof, link, "epoch");

        let mut proof = self.third_epoch();
        let (strangers, header) = (certify(&stranger, self.chain.header(4)), 4);
        assert_eq!(self.chain.header(header).epoch, 0);
        changes(&mut proof, |changes| changes[0].votes = strangers);
        self.add("a change certified by the next committee", proof, link, "vote-epoch");

        let mut proof = self.third_epoch();
        let early = LedgerHeader { height: 3, ..self.chain.header(7).clone() };
        let certificate = certify(&self.chain.terms[1], &early);
        changes(&mut proof, |changes| {
            changes[1].header = early;
            changes[1].votes = certificate;
        });
        self.add("an epoch that ends before it begins", proof, link, "height");

        let mut proof = self.chain.proof(Claim::Block, 6, 6);
        let retired = certify(&self.chain.terms[0], self.chain.header(6));
        votes(&mut proof, |votes| *votes = retired.into_inner());
        self.add("a block certified by a retired committee", proof, "certificate", "vote-epoch");

        let mut proof = self.chain.proof(Claim::Block, 6, 6);
        let early = LedgerHeader { height: 4, ..self.chain.header(6).clone() };
        let certificate = certify(&self.chain.terms[1], &early);
        votes(&mut proof, |votes| *votes = certificate.into_inner());
        proof.header = early;
        self.add("a block before its epoch", proof, "certificate", "height");
    }

    /// A change at `height` that names `id`, by a quorum of the first committee, to `next`.
    fn named(&self, id: Option<CommitteeId>, height: u64, next: &Validators) -> Proof {
        let header = LedgerHeader { next_committee: id, ..self.chain.header(height).clone() };
        let mut proof = self.third_epoch();
        let votes = certify(&self.chain.terms[0], &header);
        changes(&mut proof, |changes| {
            *changes = vec![CommitteeChange { header, votes, committee: next.committee.clone() }];
        });
        proof
    }

    fn certificates(&mut self) {
        let header = self.chain.header(2).clone();
        let term = &self.chain.terms[0];
        let sound = certified(&header, certify(term, &header));
        verify(&sound, self.chain.trust()).unwrap();
        let changed = |change: &dyn Fn(&mut Vec<SignedVote>)| {
            let mut proof = sound.clone();
            votes(&mut proof, change);
            proof
        };
        let by = |author: u16, key: &KeyPair| cast(term.ballot(author, &[&header]), key);
        let outsider = key(Scheme::MlDsa65, 99, 0);
        let old_epoch = |epoch: Epoch| {
            let mut ballot = term.ballot(0, &[&header]);
            ballot.epoch = epoch;
            cast(ballot, &term.keys[0])
        };
        let others = certify(term, self.chain.header(3));
        let small = key(Scheme::MlDsa44, 1, 0);
        let found = [
            ("one vote short", changed(&|votes| drop(votes.pop())), "quorum"),
            ("no votes", changed(&Vec::clear), "quorum"),
            ("votes in another order", changed(&|votes| votes.swap(0, 1)), "vote-order"),
            ("a vote twice", changed(&|votes| votes[1] = votes[0].clone()), "vote-order"),
            (
                "two votes of one author",
                changed(&|votes| votes.insert(1, by(0, &term.keys[0]))),
                "vote-order",
            ),
            ("a stranger's vote", changed(&|votes| votes[2] = by(4, &outsider)), "quorum"),
            (
                "a stranger's vote beside a quorum",
                changed(&|votes| votes.push(by(4, &outsider))),
                "vote-author",
            ),
            (
                "a vote signed by another key",
                changed(&|votes| votes[1] = by(1, &outsider)),
                "signature",
            ),
            (
                "a vote signed by another member",
                changed(&|votes| votes[1] = by(1, &term.keys[3])),
                "signature",
            ),
            (
                "a vote signed under another scheme",
                changed(&|votes| votes[0] = by(0, &small)),
                "signature",
            ),
            (
                "another vote's signature",
                changed(&|votes| votes[1].signature = votes[0].signature.clone()),
                "signature",
            ),
            ("a vote of another epoch", changed(&|votes| votes[0] = old_epoch(1)), "vote-epoch"),
            (
                "the certificate of another height",
                changed(&|votes| *votes = others.to_vec()),
                "vote-path",
            ),
        ];
        for (name, proof, fault) in found {
            self.add(name, proof, "certificate", fault);
        }
        self.purposes();
    }

    /// A signature of the right message by the right key, made for something else.
    fn purposes(&mut self) {
        let header = self.chain.header(2).clone();
        let term = &self.chain.terms[0];
        let mut proof = certified(&header, certify(term, &header));
        votes(&mut proof, |votes| {
            let id = votes[0].root.id();
            votes[0].signature = term.keys[0].sign(Purpose::Transaction, id.as_bytes()).unwrap();
        });
        self.add("a signature for another purpose", proof, "certificate", "signature");
    }
}

#[test]
fn forgeries_are_refused_by_the_link_that_gives_them_away() {
    for forgery in forgeries() {
        let read = Proof::from_json(&forgery.proof.to_json()).unwrap();
        for proof in [&forgery.proof, &read] {
            let error = verify(proof, forgery.trust()).expect_err(forgery.name);
            let found = (error.link.code(), error.fault.code());
            assert_eq!(found, (forgery.link, forgery.fault), "{}: {error}", forgery.name);
        }
    }
}
