//! Whole replicas on drawn DAGs.

use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, AuthorityIndex, Block, Digest, Genesis, LedgerBlockId, Payload, PeerId,
    Protocol, Round, Transaction, TransactionBody, VerifiedBlock, Vote, Witness, encoding,
};

use super::Replica;
use crate::checkpoint::Checkpoint;
use crate::event::{Action, Event, Now, Recipients, Recovered, SignedRound};
use crate::message::{Message, PeerStatus};
use crate::notation::{Drawing, block, committee};
use crate::parameters::Parameters;

fn genesis() -> Genesis {
    let protocol = Protocol { gc_depth_rounds: 10, ..Protocol::default() };
    let members = committee(4).members().map(|(_, member)| member.clone()).collect();
    let accounts = vec![(Address(Digest([1; 32])), SUPPLY)];
    Genesis::new("replica tests", 0, protocol, members, accounts).unwrap()
}

fn drawing(text: &str) -> Drawing {
    let genesis = genesis();
    Drawing::on(genesis.chain_id(), genesis.committee, text)
}

fn now(monotonic_ms: u64) -> Now {
    Now { monotonic_ms, wall_ms: monotonic_ms }
}

/// Node A as it starts from these blocks.
fn restarted(blocks: Vec<VerifiedBlock>) -> Replica {
    restarted_with(Parameters::default(), blocks)
}

fn restarted_with(parameters: Parameters, blocks: Vec<VerifiedBlock>) -> Replica {
    let recovered = Recovered {
        checkpoint: None,
        blocks,
        recovery_bound: 0,
        signed_round: SignedRound::Known(1),
        tip: None,
        certified_height: 0,
    };
    let own = Some(AuthorityIndex(0));
    Replica::new(&genesis(), own, parameters, recovered, now(0)).0
}

fn peer(number: u8) -> PeerId {
    PeerId::from([number; 32])
}

/// Found: of two blocks of a round, both needed, a restart took up the first alone. When all
/// validators restarted, nobody had the other one any more.
#[test]
fn a_restart_takes_up_both_blocks_of_an_equivocator() {
    let drawing = drawing("1: A B C D D'\n2: A(A B C D) B(B A C D')");
    let mut blocks: Vec<VerifiedBlock> = drawing.blocks.values().cloned().collect();
    blocks.sort_by_key(VerifiedBlock::reference);
    let replica = restarted(blocks);
    assert_eq!(replica.blocks_from(1).count(), 7);
    assert_eq!(replica.snapshot().pending_blocks, 0);
}

/// Found: two blocks of an equivocator that waited for the same ancestor both entered the DAG,
/// though nobody's block referenced the second.
#[test]
fn of_two_blocks_that_waited_one_enters_unless_both_are_needed() {
    let drawing = drawing("1: A B C D\n2: D(D A B) D'(D A B)");
    let mut replica = restarted(Vec::new());
    let blocks = |names: &[&str]| Event::Blocks {
        from: peer(9),
        blocks: names.iter().map(|name| drawing.block(name).clone()).collect(),
    };
    replica.step(now(10), blocks(&["A1", "B1", "D2", "D2'"]));
    assert_eq!(replica.snapshot().pending_blocks, 2);
    replica.step(now(20), blocks(&["D1"]));
    assert_eq!((replica.snapshot().pending_blocks, replica.blocks_from(2).count()), (0, 1));
}

#[test]
fn a_new_peer_gets_the_last_own_block_at_once() {
    let drawing = drawing("1: A B C D\n2: A");
    let blocks = ["A1", "B1", "C1", "D1", "A2"].map(|name| drawing.block(name).clone());
    let mut replica = restarted(blocks.to_vec());
    let actions = replica.step(now(10), Event::Connected(peer(9)));
    let sent = actions.iter().find_map(|action| match action {
        Action::Send { message: Message::Blocks(blocks), .. } => blocks.first().cloned(),
        _ => None,
    });
    assert_eq!(sent.as_ref(), Some(&**drawing.block("A2")));
}

/// Found: such a node kept a processor busy until a peer came.
#[test]
fn a_node_that_misses_an_ancestor_and_has_no_peer_sleeps() {
    let drawing = drawing("1: A B C D\n2: B");
    let mut replica = restarted(vec![drawing.block("A1").clone(), drawing.block("B2").clone()]);
    assert_eq!(replica.snapshot().pending_blocks, 1);
    replica.step(now(1_000), Event::Tick);
    assert!(replica.wake_at() > 1_000);
    let actions = replica.step(now(1_010), Event::Connected(peer(9)));
    let asks = |action: &Action| {
        matches!(action, Action::Send { to: Recipients::One(_), message: Message::FetchBlocks(_) })
    };
    assert!(actions.iter().any(asks), "{actions:?}");
}

/// Found: a node whose floor had risen, by a checkpoint, asked for blocks above its own rounds,
/// which were below the floor, got those, and refused them, again and again.
#[test]
fn nothing_below_the_floor_is_asked_for() {
    let mut replica = restarted(Vec::new());
    replica.dag.raise_floor(40);
    meet_one_ahead(&mut replica);
    assert_eq!(asked_above(&replica.step(now(400), Event::Tick)), Some(vec![40; 4]));
}

/// Found: what a status told of was asked for when the next status came, if nothing else happened:
/// in a quiet network half a minute later.
#[test]
fn what_a_status_tells_of_is_asked_for_once_it_should_be_here() {
    let mut replica = restarted(Vec::new());
    replica.step(now(0), Event::Connected(peer(8)));
    meet_one_ahead(&mut replica);
    replica.step(now(2), Event::Tick);
    let due = Parameters::default().fetch_delay_ms * 2 + 1;
    assert_eq!(replica.wake_at(), due);
    assert_eq!(asked_above(&replica.step(now(due), Event::Tick)), Some(vec![0; 4]));
    assert!(replica.wake_at() > due, "once for a status");
    // Another status while an answer is waited for: what it tells of is asked for after that.
    let accepted = Bounded::new(vec![61; 4]).unwrap();
    let status = Message::Status(PeerStatus { accepted, ..PeerStatus::default() });
    replica.step(now(due + 1), Event::Message { from: peer(8), message: status });
    assert_eq!(asked_above(&replica.step(now(due + 101), Event::Tick)), None);
    let until = due + Parameters::default().fetch_timeout_ms;
    assert_eq!(replica.wake_at(), until);
    assert_eq!(asked_above(&replica.step(now(until), Event::Tick)), Some(vec![0; 4]));
}

#[test]
fn what_a_status_tells_of_waits_for_a_range_and_is_asked_for_after_it() {
    let mut replica = restarted(Vec::new());
    meet_one_ahead(&mut replica);
    replica.step(now(2), Event::Tick);
    let due = replica.wake_at();
    replica.catch_up.required = true;
    assert_eq!(asked_above(&replica.step(now(due), Event::Tick)), None);
    assert!(replica.wake_at() > due, "it sleeps meanwhile");
    replica.catch_up.required = false;
    assert_eq!(asked_above(&replica.step(now(due + 1), Event::Tick)), Some(vec![0; 4]));
}

/// A peer connects that has round 60 of all.
fn meet_one_ahead(replica: &mut Replica) {
    replica.step(now(0), Event::Connected(peer(9)));
    let accepted: Vec<Round> = vec![60; 4];
    let status = PeerStatus { accepted: Bounded::new(accepted).unwrap(), ..PeerStatus::default() };
    replica.step(now(1), Event::Message { from: peer(9), message: Message::Status(status) });
}

/// The rounds above which all blocks are asked for.
fn asked_above(actions: &[Action]) -> Option<Vec<Round>> {
    actions.iter().find_map(|action| match action {
        Action::Send { message: Message::FetchAbove(rounds), .. } => Some(rounds.to_vec()),
        _ => None,
    })
}

/// Found: an answer of blocks that all wait for ancestors was asked for again at once, as fast as
/// the network carries, and a doubled answer doubled the requests.
#[test]
fn an_answer_that_brings_nothing_is_not_asked_for_again_at_once() {
    let drawing = drawing("1: A B C D\n2: A B C D");
    let mut replica = restarted(Vec::new());
    meet_one_ahead(&mut replica);
    assert!(asked_above(&replica.step(now(200), Event::Tick)).is_some());
    let answer = |names: &[&str]| {
        let blocks = names.iter().map(|name| drawing.block(name).clone()).collect();
        Event::Blocks { from: peer(9), blocks }
    };
    let again = replica.step(now(210), answer(&["B2", "C2"]));
    assert_eq!(asked_above(&again), None, "both wait");
    let again = replica.step(now(220), answer(&["B1", "C1"]));
    assert_eq!(asked_above(&again), Some(vec![0, 1, 1, 0]));
    let again = replica.step(now(230), answer(&["B1", "C1"]));
    assert_eq!(asked_above(&again), None, "the same twice");
    assert!(asked_above(&replica.step(now(600), Event::Tick)).is_some());
}

/// Found: a peer that claimed the highest commit and sent nothing was asked, once all had been,
/// instead of all others.
#[test]
fn who_claims_most_and_sends_nothing_is_not_asked_alone() {
    let mut replica = restarted(Vec::new());
    for (number, committed_round) in [(7, 60), (8, u64::MAX), (9, 50)] {
        let (from, accepted) = (peer(number), Bounded::new(vec![60; 4]).unwrap());
        let status = PeerStatus { accepted, committed_round, ..PeerStatus::default() };
        replica.step(now(0), Event::Connected(from));
        replica.step(now(0), Event::Message { from, message: Message::Status(status) });
    }
    let mut asked = Vec::new();
    for turn in 1..=9 {
        let actions = replica.step(now(turn * 400), Event::Tick);
        asked.extend(actions.into_iter().filter_map(|action| match action {
            Action::Send { to: Recipients::One(to), message: Message::FetchAbove(_) } => Some(to),
            _ => None,
        }));
    }
    assert_eq!(asked, [8, 7, 9, 8, 7, 9, 8, 7, 9].map(peer));
}

/// Found: a validator took up a checkpoint beyond its own round, and signed a block for that round
/// whose parents were no quorum any more.
#[test]
fn nothing_is_proposed_on_a_round_below_the_floor() {
    let drawing = drawing("1: A B C D\n2: B C D\n3: B C D\n4: B C D");
    let blocks = |round| drawing.blocks.values().filter(move |b| b.round() == round).cloned();
    let proposal = |replica: &mut Replica, at| {
        let actions = replica.step(now(at), Event::Payload { pending: true });
        actions.into_iter().find_map(|action| match action {
            Action::Sign(draft) => Some(draft.header.round),
            _ => None,
        })
    };
    let stored = || blocks(1).chain(blocks(2)).collect();
    assert_eq!(proposal(&mut restarted(stored()), 1_000), Some(3));
    let mut replica = restarted(stored());
    replica.dag.raise_floor(2);
    assert_eq!(proposal(&mut replica, 1_000), None);
    let blocks = blocks(3).chain(blocks(4)).collect();
    replica.step(now(1_010), Event::Blocks { from: peer(9), blocks });
    assert_eq!(proposal(&mut replica, 2_000), Some(5));
}

/// Found: a peer that had accepted a block sent it again and again, and its missing ancestor was
/// asked of others all the while, who had never seen it.
#[test]
fn who_sends_a_waiting_block_again_is_asked_for_its_ancestor() {
    let drawing = drawing("1: A B C D\n2: A B C D");
    let mut replica = restarted(vec![drawing.block("A1").clone(), drawing.block("B1").clone()]);
    for number in [7, 8, 9] {
        replica.step(now(0), Event::Connected(peer(number)));
    }
    let sends =
        |from| Event::Blocks { from: peer(from), blocks: vec![drawing.block("D2").clone()] };
    replica.step(now(0), sends(7));
    // All were asked in turn, and will be asked ever more rarely.
    let mut at_ms = 0;
    while at_ms < 20_000 {
        at_ms = replica.wake_at().max(at_ms + 1);
        replica.step(now(at_ms), Event::Tick);
    }
    let asked = |actions: Vec<Action>| {
        actions.into_iter().find_map(|action| match action {
            Action::Send { to, message: Message::FetchBlocks(wanted) } => Some((to, wanted.len())),
            _ => None,
        })
    };
    let at_once = asked(replica.step(now(at_ms + 300), sends(9)));
    assert_eq!(at_once, Some((Recipients::One(peer(9)), 2)), "it has C1 and D1");
    assert_eq!(asked(replica.step(now(at_ms + 310), sends(9))), None, "once for a time-out");
}

/// Found: two peers that claimed the highest ledger and sent nothing were asked in turn for ever.
#[test]
fn liars_who_send_no_range_come_last() {
    let mut replica = restarted(Vec::new());
    let status = |certified_height, committed_round| {
        let status = PeerStatus { certified_height, committed_round, ..PeerStatus::default() };
        Message::Status(status)
    };
    for (number, height) in [(7, u64::MAX), (8, u64::MAX), (9, 50)] {
        let from = peer(number);
        replica.step(now(0), Event::Connected(from));
        replica.step(now(0), Event::Message { from, message: status(height, 500) });
    }
    let mut asked = Vec::new();
    for second in 0..15 {
        for action in replica.step(now(second * 1_000), Event::Tick) {
            if let Action::Send { to, message: Message::FetchLedger { .. } } = action {
                asked.push(to);
            }
        }
    }
    assert!(asked.contains(&Recipients::One(peer(9))), "{asked:?}");
}

/// Found: an author had sent each block of its chain to another validator. Each held some of them,
/// waiting for the ones before, and told nobody: one block came with each status.
#[test]
fn a_block_that_waits_here_is_sent_to_who_asks_for_it() {
    let drawing = drawing("1: A B C D\n2: D");
    let mut replica = restarted(vec![drawing.block("D2").clone()]);
    replica.step(now(0), Event::Connected(peer(9)));
    let wanted = ["D2", "C1"].map(|name| drawing.reference(name));
    let wanted = Message::FetchBlocks(Bounded::new(wanted.to_vec()).unwrap());
    let actions = replica.step(now(10), Event::Message { from: peer(9), message: wanted });
    let sends = |action: &Action| matches!(action, Action::Send { message: Message::Blocks(blocks), .. } if blocks.len() == 1);
    assert!(actions.iter().any(sends), "{actions:?}");
    let absent = vec![drawing.reference("C1")];
    let says = |action: &Action| matches!(action, Action::Send { message: Message::Absent(named), .. } if named[..] == absent);
    assert!(actions.iter().any(says), "{actions:?}");
}

/// Found: a validator that came back from the last ledger block waited for a block of a liar, which
/// nobody had and all others had left behind, until there was a further ledger block.
#[test]
fn whose_bound_has_passed_a_block_that_never_came_says_so() {
    let drawing = drawing("1: A B C D D' D''\n2: A B C D\n3: A");
    let mut replica = restarted(drawing.blocks.values().cloned().collect());
    replica.dag.raise_floor(2);
    replica.step(now(0), Event::Connected(peer(9)));
    let other = self::drawing("1: A B C D D' D'' D'''\n2: A B C D D'(D' A B)\n3: A D");
    let never = ["D1'''", "D2'", "D3"].map(|name| other.reference(name));
    let said = |replica: &mut Replica| {
        let wanted = Message::FetchBlocks(Bounded::new(never.to_vec()).unwrap());
        let actions = replica.step(now(10), Event::Message { from: peer(9), message: wanted });
        let (mut passed, mut absent) = (Vec::new(), Vec::new());
        for action in actions {
            match action {
                Action::Send { message: Message::Passed(named), .. } => {
                    passed.extend(named.iter().copied());
                }
                Action::Send { message: Message::Absent(named), .. } => {
                    absent.extend(named.iter().copied());
                }
                _ => {}
            }
        }
        (passed, absent)
    };
    let [first, second, third] = never;
    assert_eq!(said(&mut replica), (vec![first, second], vec![third]), "the third may still come");
    replica.committed_before.insert(second);
    assert_eq!(said(&mut replica), (vec![first], vec![second, third]), "it was committed");
    replica.complete_since = 1;
    assert_eq!(said(&mut replica), (vec![], never.to_vec()), "it may have been forgotten");
}

#[test]
fn what_a_validity_quorum_calls_passed_is_not_waited_for() {
    let drawing = drawing("1: A B C D\n2: B");
    let missing = drawing.reference("D1");
    let here = ["A1", "B1", "C1", "B2"].map(|name| drawing.block(name).clone());
    let mut replica = restarted(here.to_vec());
    let members: Vec<PeerId> =
        genesis().committee.members().map(|(_, member)| member.peer_id()).collect();
    for from in members.iter().copied().chain([peer(9)]) {
        replica.step(now(0), Event::Connected(from));
    }
    let has_b2 = |replica: &Replica| replica.dag.get(&drawing.reference("B2")).is_some();
    let passed = || Message::Passed(Bounded::new(vec![missing]).unwrap());
    for from in [members[1], members[1], peer(9)] {
        replica.step(now(10), Event::Message { from, message: passed() });
        assert!(!has_b2(&replica), "one, twice, and one who is no member");
    }
    replica.step(now(20), Event::Message { from: members[3], message: passed() });
    assert!(has_b2(&replica));
    assert_eq!(replica.pending.missing_count(), 0);
    replica.dag.raise_floor(1);
    assert!(replica.dag.is_present(&missing), "by the floor from here on");
}

/// Found: a node that had asked a liar for a range decided and proposed nothing until the answer
/// came. Two liars who never answered took turns, and the whole network stood still.
#[test]
fn a_range_that_never_comes_holds_nobody_up() {
    let drawing = drawing("1: A B C D");
    let mut replica = restarted(drawing.blocks.values().cloned().collect());
    let from = peer(9);
    replica.step(now(0), Event::Connected(from));
    let status = PeerStatus {
        certified_height: u64::MAX,
        committed_round: u64::MAX,
        ..PeerStatus::default()
    };
    let actions = replica.step(now(10), Event::Message { from, message: Message::Status(status) });
    let asks = |action: &Action| {
        matches!(action, Action::Send { message: Message::FetchLedger { .. }, .. })
    };
    assert!(actions.iter().any(asks), "{actions:?}");
    let actions = replica.step(now(1_000), Event::Payload { pending: true });
    assert!(actions.iter().any(|action| matches!(action, Action::Sign(_))), "{actions:?}");
}

/// Found: the one validator that held a certificate went quiet with votes that it had not cast, and
/// the others waited for its block for ever.
#[test]
fn who_lacks_votes_for_a_certificate_nudges_the_others() {
    let drawing = drawing("1: A");
    let mut replica = restarted(vec![drawing.block("A1").clone()]);
    replica.step(now(0), Event::Connected(peer(9)));
    let vote = Some(Vote { height: 1, block: LedgerBlockId(Digest([1; 32])) });
    replica.step(now(10), Event::Executed { commit_index: 1, vote });
    let actions = replica.step(now(2_000), Event::Tick);
    let nudges = |action: &Action| {
        matches!(action, Action::Send { message: Message::Nudge { round: 1 }, .. })
    };
    assert!(actions.iter().any(nudges), "{actions:?}");
}

/// Found: a validator whose block was not committed had proposed for the round, and the others, who
/// had committed more and were quiet, made no block by which it could have.
#[test]
fn who_waits_for_a_commit_nudges_the_others() {
    let drawing = drawing("1: A");
    let mut replica = restarted(vec![with_transactions(drawing.block("A1"), 1)]);
    replica.step(now(0), Event::Connected(peer(9)));
    assert_eq!(replica.snapshot().uncommitted_blocks, 1);
    let actions = replica.step(now(2_000), Event::Tick);
    let nudges = |action: &Action| {
        matches!(action, Action::Send { message: Message::Nudge { round: 1 }, .. })
    };
    assert!(actions.iter().any(nudges), "{actions:?}");
}

/// A replica that is fed whole rounds of all four authors.
struct Fed {
    replica: Replica,
    /// The last round.
    last: Vec<VerifiedBlock>,
    /// Of the last ledger block.
    tip: Option<(Vote, Checkpoint)>,
    pruned_below: Round,
    /// Commits that wait for execution, while execution is held up.
    held: Option<Vec<u64>>,
}

impl Fed {
    fn new() -> Self {
        Self::with(Parameters::default())
    }

    fn with(parameters: Parameters) -> Self {
        let last: Vec<_> = drawing("1: A B C D").blocks.into_values().collect();
        let mut replica = restarted_with(parameters, Vec::new());
        replica.step(now(0), Event::Blocks { from: peer(9), blocks: last.clone() });
        Self { replica, last, tip: None, pruned_below: 0, held: None }
    }

    fn round(&self) -> Round {
        self.last[0].round()
    }

    /// Up to a round. All authors vote in the first of these rounds, and D has a transaction.
    fn feed(&mut self, to: Round, mut votes: Vec<Vote>, mut transactions: usize) {
        while self.round() < to {
            let authors = 0..4_u16;
            let blocks = authors.map(|own| {
                let (mine, others): (Vec<_>, Vec<_>) =
                    self.last.iter().partition(|block| block.author().0 == own);
                let parents = mine.iter().chain(&others).map(|block| block.reference()).collect();
                let (author, round) = (AuthorityIndex(own), self.round() + 1);
                let block = block(round, author, parents, round * 1_000, votes.clone());
                if own == 3 { with_transactions(&block, transactions) } else { block }
            });
            self.last = blocks.collect();
            (votes, transactions) = (Vec::new(), 0);
            let from = peer(9);
            let actions =
                self.replica.step(now(0), Event::Blocks { from, blocks: self.last.clone() });
            self.perform(actions);
        }
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Execute { commit, .. } if self.held.is_some() => {
                    self.held.get_or_insert_default().push(commit.index);
                }
                Action::Execute { commit, checkpoint } => {
                    let height = self.replica.snapshot().executed_height + 1;
                    let vote = commit.has_transactions().then(|| vote(height));
                    if let Some(vote) = vote {
                        self.tip = Some((vote, encoding::from_bytes(&checkpoint).unwrap()));
                    }
                    let executed = Event::Executed { commit_index: commit.index, vote };
                    let actions = self.replica.step(now(0), executed);
                    self.perform(actions);
                }
                Action::Prune { below } => self.pruned_below = below,
                _ => {}
            }
        }
    }

    /// The bound of the last ledger block.
    fn bound(&self) -> Round {
        self.tip.as_ref().unwrap().1.leader.round - 10
    }

    fn lowest_round(&self) -> Round {
        self.replica.blocks_from(0).next().unwrap().round()
    }

    /// After a crash, with the blocks above a round in the store.
    fn restart(&mut self, certified_height: u64, recovery_bound: Round) {
        let (tip, checkpoint) = self.tip.clone().unwrap();
        let recovered = Recovered {
            checkpoint: Some(checkpoint),
            blocks: self.replica.blocks_from(recovery_bound + 1).cloned().collect(),
            recovery_bound,
            signed_round: SignedRound::Known(self.round()),
            tip: Some(tip),
            certified_height,
        };
        let own = Some(AuthorityIndex(0));
        let (replica, actions) =
            Replica::new(&genesis(), own, Parameters::default(), recovered, now(0));
        self.replica = replica;
        self.perform(actions);
    }
}

fn vote(height: u64) -> Vote {
    Vote { height, block: LedgerBlockId(Digest([u8::try_from(height).unwrap(); 32])) }
}

fn with_transactions(block: &VerifiedBlock, count: usize) -> VerifiedBlock {
    let transaction = Transaction {
        body: TransactionBody {
            chain_id: block.header.chain_id,
            sender: Address(Digest([1; 32])),
            sequence: 0,
            fee: Amount(0),
            expiry_height: 0,
            public_key: None,
            payload: Payload::Transfer { to: Address(Digest([2; 32])), amount: Amount(1) },
        },
        witness: Witness::Signature(block.signature.clone()),
    };
    let mut block: Block = (**block).clone();
    block.transactions = Bounded::new(vec![transaction; count]).unwrap();
    let root = block.signed_root();
    VerifiedBlock::assume_verified(block, root)
}

/// Found: once a ledger block was made, rounds were kept since that block alone. A peer that lagged
/// could not follow any more, and its vote was what the block's certificate waited for.
#[test]
fn rounds_are_kept_since_the_last_certified_ledger_block() {
    let mut fed = Fed::new();
    fed.feed(40, Vec::new(), 0);
    fed.feed(70, Vec::new(), 1);
    let first_bound = fed.bound();
    fed.feed(120, Vec::new(), 1);
    let second_bound = fed.bound();
    assert!(first_bound > 30 && second_bound > first_bound + 20);
    assert_eq!((fed.pruned_below, fed.lowest_round()), (0, 1), "nothing is certified");
    fed.feed(125, vec![vote(1)], 0);
    assert_eq!(fed.replica.snapshot().certified_height, 1);
    assert_eq!((fed.pruned_below, fed.lowest_round()), (first_bound, first_bound));
    fed.feed(130, vec![vote(2)], 0);
    assert_eq!(fed.lowest_round(), second_bound);
}

/// Such a block is no nearer to its certificate because the node that made it has crashed.
#[test]
fn a_restart_keeps_rounds_since_the_last_certified_ledger_block() {
    let mut fed = Fed::new();
    fed.feed(40, Vec::new(), 0);
    fed.feed(70, Vec::new(), 1);
    let first_bound = fed.bound();
    fed.feed(120, vec![vote(1)], 1);
    let second_bound = fed.bound();
    fed.restart(1, first_bound);
    assert_eq!(fed.lowest_round(), first_bound + 1);
    fed.feed(160, Vec::new(), 0);
    assert_eq!(fed.lowest_round(), first_bound + 1);
    assert_eq!(fed.replica.snapshot().certified_height, 1);
    fed.feed(165, vec![vote(2)], 0);
    assert_eq!(fed.lowest_round(), second_bound);
    fed.restart(2, second_bound);
    assert_eq!(fed.replica.snapshot().overdue_rounds, 0);
}

/// Found: a node whose execution was slower than its network went on ordering, and the commits that
/// waited were bounded by nothing.
#[test]
fn what_execution_does_not_keep_up_with_is_not_decided() {
    // Within the first rounds no commit raises the floor: nothing but execution moves this on.
    let parameters = Parameters { executing_commits_max: 1, ..Parameters::default() };
    let bound = parameters.executing_commits(genesis().protocol.leaders_per_round);
    let mut fed = Fed::with(parameters);
    fed.held = Some(Vec::new());
    fed.feed(9, Vec::new(), 0);
    assert_eq!(fed.replica.snapshot().executing_commits, bound);
    let waiting = fed.held.clone().unwrap();
    let first = waiting[0];
    let executed = Event::Executed { commit_index: first, vote: None };
    let actions = fed.replica.step(now(0), executed);
    let decided: Vec<u64> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Execute { commit, .. } => Some(commit.index),
            _ => None,
        })
        .collect();
    assert_eq!(decided, [waiting.last().unwrap() + 1], "one place, one more commit");
    // The rest is decided as execution goes on, without another block.
    fed.perform(actions);
    let mut next = first + 1;
    while fed.replica.snapshot().executing_commits > 0 {
        let actions = fed.replica.step(now(0), Event::Executed { commit_index: next, vote: None });
        fed.perform(actions);
        next += 1;
    }
    let last_leader = fed.replica.snapshot().last_leader.unwrap().round;
    assert!(last_leader + 3 >= fed.round(), "leader of round {last_leader}");
}

/// What executes too slowly is fed no more.
#[test]
fn an_own_block_carries_no_transactions_while_execution_is_full() {
    for is_held in [false, true] {
        let parameters = Parameters { executing_commits_max: 1, ..Parameters::default() };
        let mut fed = Fed::with(parameters);
        fed.held = is_held.then(Vec::new);
        fed.feed(9, Vec::new(), 0);
        let actions = fed.replica.step(now(1_500), Event::Payload { pending: true });
        let carries = actions.iter().find_map(|action| match action {
            Action::Sign(draft) => Some(draft.carries_transactions),
            _ => None,
        });
        assert_eq!(carries, Some(!is_held));
    }
}
