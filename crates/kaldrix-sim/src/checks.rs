//! What must hold at every step, over all honest nodes together.
//!
//! It sees what honest nodes sign, send, order, execute and certify, each once and when it
//! happens. It never asks a node to explain itself: it compares what nodes did.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_consensus::{HEIGHTS_AHEAD_MAX, PRUNE_ROUNDS, Snapshot};
use kaldrix_ledger::Execution;
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::{
    Address, AuthorityIndex, BlockId, BlockRef, Certificate, ChainId, Commit, Committee, Digest,
    Genesis, Height, LedgerBlockId, LedgerHeader, Round, Stake, TransactionId, VerifiedBlock,
};

use crate::acceptance;
use crate::commits::CommitRules;
use crate::nodes::{Node, Nodes};
use crate::scenario::Scenario;
use crate::signatures::Signatures;
use crate::violation::{Broken, hold};
use crate::workload;

/// Of the two slots of a last-signed-round file one may be lost until the next start mends it.
const SLOT_FAULTS_WITHSTOOD: usize = 1;

type Checked = Result<(), Broken>;

#[derive(Debug)]
pub struct Checks {
    chain_id: ChainId,
    committee: Committee,
    genesis: LedgerBlockId,
    byzantine: Nodes,
    /// Heights from 1 upward, as the first honest node had them.
    ledger: Vec<LedgerHeader>,
    ids: Vec<LedgerBlockId>,
    /// From an index of a commit to a digest of its leader and blocks.
    commits: BTreeMap<u64, Digest>,
    commit_rules: CommitRules,
    /// What honest validators made durable as their block of a round.
    signed: BTreeMap<(AuthorityIndex, Round), BlockId>,
    executed: BTreeMap<TransactionId, Height>,
    balances: BTreeMap<Address, u64>,
    /// Blocks that keep the rules of acceptance: it takes one look at each.
    sound: BTreeSet<BlockRef>,
    /// The height that each node reported as durable.
    durable: Vec<Height>,
    /// Faults that each node's last-signed-round file has suffered since it was last mended.
    slot_faults: Vec<usize>,
    /// Nodes whose file suffered more.
    lost_round: Nodes,
    /// Of each node since its start, the first block of a Byzantine author for a round.
    first: Vec<BTreeMap<(AuthorityIndex, Round), BlockId>>,
    /// Who has signed what.
    signatures: Signatures,
}

impl Checks {
    pub fn new(genesis: &Genesis, nodes: usize, byzantine: Nodes, signatures: Signatures) -> Self {
        let balances = genesis.accounts.iter().map(|(address, amount)| (*address, amount.0));
        Self {
            chain_id: genesis.chain_id(),
            committee: genesis.committee.clone(),
            genesis: genesis.ledger_block_id(),
            byzantine,
            ledger: Vec::new(),
            ids: Vec::new(),
            commits: BTreeMap::new(),
            commit_rules: CommitRules::new(genesis),
            signed: BTreeMap::new(),
            executed: BTreeMap::new(),
            balances: balances.collect(),
            sound: BTreeSet::new(),
            durable: vec![0; nodes],
            slot_faults: vec![0; nodes],
            lost_round: Nodes::default(),
            first: vec![BTreeMap::new(); nodes],
            signatures,
        }
    }

    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    pub fn height(&self) -> Height {
        self.ledger.len() as Height
    }

    fn id_at(&self, height: Height) -> Option<LedgerBlockId> {
        let index = usize::try_from(height.checked_sub(1)?).ok()?;
        self.ids.get(index).copied()
    }

    pub fn highest_round(&self) -> Round {
        self.signed.keys().map(|(_, round)| *round).max().unwrap_or(0)
    }

    pub fn executed(&self) -> &BTreeMap<TransactionId, Height> {
        &self.executed
    }

    pub fn timestamp_ms(&self, height: Height) -> Option<u64> {
        let index = usize::try_from(height.checked_sub(1)?).ok()?;
        self.ledger.get(index).map(|header| header.timestamp_ms)
    }

    pub fn balances(&self) -> &BTreeMap<Address, u64> {
        &self.balances
    }

    /// An honest validator's own block and its last signed round are durable.
    pub fn signed(&mut self, own: BlockRef) -> Checked {
        let first = *self.signed.entry((own.author, own.round)).or_insert(own.id);
        let BlockRef { round, author, id } = own;
        hold!(first == id, DoubleSigning, "{author} signed {first} and {id} for round {round}");
        Ok(())
    }

    /// An honest validator's own block leaves.
    pub fn sent(&self, block: &VerifiedBlock) -> Checked {
        let (author, round) = (block.header.author, block.header.round);
        let durable = self.signed.get(&(author, round));
        let Some(durable) = durable else {
            hold!(false, UnsyncedBlock, "{author}'s block of round {round} left before a sync");
            return Ok(());
        };
        let id = block.reference().id;
        hold!(*durable == id, DoubleSigning, "{author} sent {id}, not {durable}, of round {round}");
        for vote in &block.header.votes {
            let executed = self.id_at(vote.height);
            hold!(
                executed == Some(vote.block),
                Vote,
                "{author} voted for {} at height {}, where {executed:?} is",
                vote.block,
                vote.height
            );
        }
        Ok(())
    }

    /// An honest validator that may sign says for which round it last proposed.
    pub fn answered(&self, author: AuthorityIndex, proposed: Round) -> Checked {
        let last = self.signed.range((author, 0)..=(author, Round::MAX)).next_back();
        let last = last.map_or(0, |((_, round), _)| *round);
        hold!(proposed >= last, OwnRound, "{author} answers {proposed}, and it signed for {last}");
        Ok(())
    }

    /// An honest node takes blocks into its DAG.
    pub fn accepted(&mut self, node: Node, blocks: &[VerifiedBlock]) -> Checked {
        for block in blocks {
            self.check_author(node, block)?;
            if !self.sound.insert(block.reference()) {
                continue;
            }
            let broken = acceptance::broken_rule(self.chain_id, &self.committee, block);
            let shown = broken.unwrap_or_default();
            hold!(broken.is_none(), Acceptance, "node {node} accepts {block:?}, which {shown}");
        }
        Ok(())
    }

    /// A block of an honest author is the one that it signed. Of two blocks of a faulty one for a
    /// round, the second is needed by somebody's block.
    fn check_author(&mut self, node: Node, block: &VerifiedBlock) -> Checked {
        let BlockRef { round, author, id } = block.reference();
        if usize::from(author.0) == node {
            // It is on its way to the disk: what is durable in the end is looked at then.
            return Ok(());
        }
        if !self.byzantine.contains(usize::from(author.0)) {
            let signed = self.signed.get(&(author, round));
            hold!(
                signed == Some(&id),
                Signature,
                "node {node} accepts {id} of {author} for round {round}, who signed {signed:?}"
            );
            return Ok(());
        }
        let first = *self.first[node].entry((author, round)).or_insert(id);
        let needed = first == id || self.signatures.is_referenced(&block.reference());
        hold!(needed, Acceptance, "node {node} accepts {id} beside {first}, which nobody needs");
        Ok(())
    }

    /// An honest node orders a commit, and encodes what later ones depend on.
    pub fn committed(&mut self, node: Node, commit: &Commit, checkpoint: &[u8]) -> Checked {
        let ids: Vec<BlockId> = commit.blocks.iter().map(|block| block.reference().id).collect();
        let mut parts: Vec<&[u8]> = vec![commit.leader.id.as_bytes(), &commit.checkpoint.0];
        parts.extend(ids.iter().map(|id| id.as_bytes().as_slice()));
        let digest = Digest::derive("kaldrix simulation commit", &parts);
        let index = commit.index;
        if !self.commits.contains_key(&index) {
            let broken = self.commit_rules.broken(commit, checkpoint);
            let what = broken.as_deref().unwrap_or_default();
            hold!(broken.is_none(), Commits, "node {node}: commit {index} of {what}");
        }
        let first = *self.commits.entry(index).or_insert(digest);
        let leader = commit.leader;
        hold!(first == digest, Commits, "node {node} has another commit {index}, of {leader}");
        Ok(())
    }

    /// An honest node executed or replayed a ledger block, and it is durable.
    pub fn executed_by(&mut self, node: Node, execution: &Execution) -> Checked {
        let (height, durable) = (execution.header.height, self.durable[node]);
        hold!(height == durable + 1, Chain, "node {node} executes {height} after {durable}");
        self.durable[node] = height;
        self.written_by(node, execution)
    }

    /// An honest node wrote a ledger block. Without a power loss it comes back with it.
    pub fn written_by(&mut self, node: Node, execution: &Execution) -> Checked {
        let header = &execution.header;
        let (height, id) = (header.height, header.id());
        let tip = &execution.writes.tip;
        hold!(tip.block == id, Chain, "node {node} takes {id} for {}", tip.block);
        let root = tip.state_root;
        hold!(root == header.state_root, Chain, "node {node} is at root {root} at {height}");
        if let Some(first) = self.id_at(height) {
            hold!(first == id, Fork, "node {node} has {id} at height {height}, not {first}");
            return Ok(());
        }
        self.extend(execution, id)
    }

    /// A height that no honest node had before.
    fn extend(&mut self, execution: &Execution, id: LedgerBlockId) -> Checked {
        let header = &execution.header;
        let height = header.height;
        let parent = self.ids.last().copied().unwrap_or(self.genesis);
        hold!(header.parent == parent, Chain, "{id} at height {height} has another parent");
        let before = self.ledger.last().map_or(0, |last| last.timestamp_ms);
        let stamp = header.timestamp_ms;
        hold!(stamp > before, Chain, "time falls from {before} to {stamp} at height {height}");
        self.ids.push(id);
        self.ledger.push(header.clone());
        for entry in &execution.entries {
            let id = entry.transaction.id();
            // A replay need not look at witnesses, but someone executed the block before.
            let signed = workload::is_signed(&self.signatures, &entry.transaction);
            hold!(signed, Signature, "{id} executes at {height}, and its sender did not sign it");
            let first = self.executed.insert(id, height);
            hold!(first.is_none(), RepeatedExecution, "{id} executes at {first:?} and at {height}");
        }
        for (address, account) in &execution.writes.accounts {
            self.balances.insert(*address, account.balance.0);
        }
        let supply: u64 = self.balances.values().sum();
        hold!(supply == SUPPLY.0, Supply, "the balances add up to {supply} at height {height}");
        Ok(())
    }

    /// An honest node holds a certificate.
    pub fn certified(&self, node: Node, certificate: &Certificate) -> Checked {
        let vote = certificate.vote;
        let (height, known) = (vote.height, self.id_at(vote.height));
        let id = vote.block;
        hold!(known == Some(id), Certificate, "{id} is certified at {height}, not {known:?}");
        let mut authors = BTreeSet::new();
        let mut stake: Stake = 0;
        for signed in &certificate.votes {
            let author = signed.root.author;
            let fresh = authors.insert(author);
            hold!(fresh, Certificate, "{author} counts twice in the certificate of {height}");
            stake += self.committee.stake(author);
            let honest = !self.byzantine.contains(usize::from(author.0));
            let known = self.signed.get(&(author, signed.root.round));
            let own = known == Some(&signed.root.id());
            hold!(own || !honest, Certificate, "{author} did not sign a vote for {height}");
        }
        let quorum = self.committee.total_stake() * 2 / 3 + 1;
        hold!(stake >= quorum, Certificate, "node {node} certifies {height} with stake {stake}");
        Ok(())
    }

    /// A node's disk may have lost what was durable.
    pub fn damaged(&mut self, node: Node) {
        self.durable[node] = 0;
    }

    /// A node came back with this height in its store.
    pub fn restarted(&mut self, node: Node, height: Height) -> Checked {
        self.first[node].clear();
        let durable = self.durable[node];
        hold!(height >= durable, Durability, "node {node} had {durable} and came back at {height}");
        self.durable[node] = height;
        if std::mem::take(&mut self.slot_faults[node]) > SLOT_FAULTS_WITHSTOOD {
            self.lost_round.insert(node);
        }
        Ok(())
    }

    /// Faults strike a node's last-signed-round file, which withstands one until the next start.
    pub fn struck(&mut self, node: Node, slot_faults: usize) {
        self.slot_faults[node] += slot_faults;
    }

    /// A node asks others for its own last round, and signs nothing until a quorum has answered.
    pub fn asks_own_round(&self, node: Node) -> Checked {
        let lost = self.lost_round.contains(node);
        hold!(lost, LostRound, "node {node} asks for its own last round, and lost nothing");
        Ok(())
    }

    /// How a node's memory grows.
    pub fn memory(&self, node: Node, snapshot: &Snapshot, scenario: &Scenario) -> Checked {
        let parameters = &scenario.parameters;
        let size = self.committee.size();
        let pending_max = parameters.pending_blocks_per_author_max * size;
        let pending = snapshot.pending_blocks;
        hold!(pending <= pending_max, Memory, "{pending} blocks wait for ancestors on node {node}");
        let bound = snapshot.last_leader.map_or(0, |leader| self.commit_rules.bound(&leader));
        let lowest = snapshot.lowest_missing_round;
        hold!(
            lowest.is_none_or(|round| round > bound),
            Memory,
            "node {node} waits for a block of round {lowest:?}, and its bound is {bound}"
        );
        // A block references one of each author.
        let (missing, missing_max) = (snapshot.missing_blocks, pending * size);
        hold!(missing <= missing_max, Memory, "node {node} misses {missing} ancestors");
        // Of each author one vote counts for a height.
        let ahead = snapshot.voted_height;
        let ahead_max = snapshot.executed_height + HEIGHTS_AHEAD_MAX;
        hold!(ahead <= ahead_max, Memory, "node {node} gathers votes up to height {ahead}");
        let votes_max = size as u64 * (ahead_max - snapshot.certified_height.min(ahead_max));
        let votes = snapshot.gathered_votes;
        hold!(votes as u64 <= votes_max, Memory, "node {node} holds {votes} votes");
        let overdue = snapshot.overdue_rounds;
        hold!(overdue <= PRUNE_ROUNDS, Memory, "node {node} holds {overdue} rounds too many");
        // An author has one block a round, a Byzantine one also those that waiting blocks need.
        let byzantine = self.byzantine.len() * parameters.pending_blocks_per_author_max;
        let blocks_max = (snapshot.dag_rounds + 1) * (size + byzantine * size) as u64;
        let blocks = snapshot.dag_blocks;
        hold!(blocks as u64 <= blocks_max, Memory, "node {node} holds {blocks} blocks");
        let executing = snapshot.executing_commits;
        let executing_max = parameters.executing_commits(scenario.protocol.leaders_per_round);
        hold!(
            executing <= executing_max,
            Memory,
            "{executing} commits wait for execution on node {node}"
        );
        let uncommitted = snapshot.uncommitted_blocks;
        hold!(uncommitted <= blocks, Memory, "node {node} holds {uncommitted} uncommitted blocks");
        Ok(())
    }
}
