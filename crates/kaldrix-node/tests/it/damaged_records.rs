//! Flipped bits in the records of a stopped node's stores, below their checksums: the node names
//! the damage, answers nothing wrong, and has from its peers what it lost.

use std::collections::BTreeMap;
use std::path::Path;

use fastrand::Rng;
use kaldrix_storage::{
    Batch, DAG_TABLES, DiskStore, Durability, KeyValue, LEDGER_TABLES, Record, Scan, Table,
};
use kaldrix_types::Digest;
use serde_json::Value;

use crate::crash::seed;
use crate::damage::remove_quarantined;
use crate::fixture::{PATIENCE, Wallet};
use crate::load::no_author_equivocated;
use crate::processes::{Processes, eventually};

/// The node whose disk is bad.
const VICTIM: usize = 3;
const BLOCKS: usize = 8;
const CACHE_BYTES_MAX: u64 = 1024 * 1024;

/// Which records of a table are damaged.
#[derive(Clone, Copy)]
enum Extent {
    One,
    /// All that a node need not read when it starts.
    All,
}

/// Flips one bit in each value that is chosen, in the engine's own files.
fn flip(directory: &Path, tables: &[Table], table: Table, extent: Extent, random: &mut Rng) {
    let store = DiskStore::open(directory, tables, CACHE_BYTES_MAX).unwrap();
    let mut records = store.scan(table, &Scan::all(usize::MAX)).unwrap();
    match extent {
        Extent::One => {
            random.shuffle(&mut records);
            records.truncate(1);
        }
        // The key of one byte is the number of the table's last batch, which opening compares.
        Extent::All => records.retain(|record| record.key.len() > 1),
    }
    assert!(!records.is_empty(), "nothing that the test did is in table {table}");
    let mut batch = Batch::default();
    for Record { key, mut value } in records {
        let at = random.usize(..value.len());
        value[at] ^= 1 << random.u8(..8);
        batch.put(table, key, value);
    }
    store.write(batch, Durability::Synced).unwrap();
}

/// A network whose last node's stores are damaged again and again.
struct Patient {
    network: Processes,
    wallet: Wallet,
    notarised: Digest,
    random: Rng,
    http: reqwest::Client,
}

impl Patient {
    async fn new(check_bytes_max: u64) -> Self {
        let mut network = Processes::new(4);
        network.configure(VICTIM, |text| {
            format!("{text}\n[storage]\ncheck_bytes_max = {check_bytes_max}\n")
        });
        network.start_all();
        network.ready(network.nodes()).await;
        let wallet = network.wallets(1).await.remove(0);
        let random = Rng::with_seed(seed(3));
        let (notarised, http) = (Digest([0; 32]), reqwest::Client::new());
        let mut patient = Self { network, wallet, notarised, random, http };
        for _ in 0..BLOCKS {
            patient.transact(0).await;
        }
        patient
    }

    /// Has a node make a transfer and a notarisation final, even if it meets damage over it; then
    /// the node that answers are compared with knows of them too.
    async fn transact(&mut self, node: usize) {
        let (genesis, clients) = (&self.network.genesis, &self.network.clients);
        self.notarised = Digest([self.random.u8(..); 32]);
        let transfer = self.wallet.transfer(genesis, Wallet::new(200).address(), 1);
        let notarisation = self.wallet.notarise(genesis, self.notarised);
        for transaction in [transfer, notarisation] {
            let is_final = async || match clients[node].submit(&transaction).await {
                Ok(id) => {
                    clients[node].wait_final(&id, PATIENCE).await.is_ok()
                        && clients[0].wait_final(&id, PATIENCE).await.is_ok()
                }
                Err(_) => false,
            };
            eventually("a transaction is final", is_final).await;
        }
    }

    /// Damages a table while the node is down, and watches it get well.
    async fn damage(&mut self, store: &str, tables: &[Table], table: Table, extent: Extent) {
        println!("{store}, table {table}");
        self.network.terminate(&[VICTIM]);
        let logged_before = self.network.log(VICTIM).len();
        let directory = self.network.data_dir(VICTIM).join(store);
        flip(&directory, tables, table, extent, &mut self.random);
        self.network.start(VICTIM);

        self.answers_right().await;
        self.network.ready([VICTIM]).await;
        self.transact(VICTIM).await;
        self.answers_right().await;

        // Rebuilt from them, or fetched again.
        let named =
            |text: &str| text.contains(&format!("table {table}, key")) && text.contains("peers");
        let warnings = self.network.clients[VICTIM].status().await.unwrap().warnings;
        assert!(warnings.iter().any(|warning| named(warning)), "{table}: {warnings:?}");
        let log = self.network.log(VICTIM);
        assert!(log[logged_before..].lines().any(named), "table {table} is not in the log");
        assert!(!log.contains("panicked"));
        remove_quarantined(&self.network.data_dir(VICTIM));
    }

    /// Asks the damaged node until it answers everything; no answer differs from a sound node's.
    async fn answers_right(&self) {
        let height = self.network.clients[0].status().await.unwrap().final_height;
        let sound = self.answers(0, height).await;
        eventually("the node answers everything", async || {
            let answers = self.answers(VICTIM, height).await;
            for (question, answer) in &answers {
                assert_eq!(answer, &sound[question], "{question}");
            }
            answers.len() == sound.len()
        })
        .await;
    }

    /// What a node answers, by question: final blocks up to a height, their transactions, and
    /// accounts once it has all blocks. A question that it does not answer for now is left out.
    async fn answers(&self, node: usize, height: u64) -> BTreeMap<String, Value> {
        let mut answers = BTreeMap::new();
        for height in 1..=height {
            let at_height = format!("blocks/{height}");
            let Some(block) = self.ask(node, &at_height).await else { continue };
            let ids = |path: &str| block.pointer(path).and_then(Value::as_str).map(str::to_owned);
            let mut questions = vec![format!("blocks/{}", ids("/id").unwrap())];
            let transactions = (0..).map_while(|n| ids(&format!("/transactions/{n}/id")));
            questions.extend(transactions.map(|id| format!("transactions/{id}")));
            answers.insert(at_height, block);
            for question in questions {
                let answer = self.ask(node, &question).await;
                answers.extend(answer.map(|answer| (question, answer)));
            }
        }
        let status = self.network.clients[node].status().await;
        if status.is_ok_and(|status| status.final_height >= height) {
            for question in self.questions_about_the_end() {
                let answer = self.ask(node, &question).await;
                answers.extend(answer.map(|answer| (question, answer)));
            }
        }
        answers
    }

    /// What only a node with all blocks can answer like the others.
    fn questions_about_the_end(&self) -> Vec<String> {
        let (sender, receiver) = (self.wallet.address(), Wallet::new(200).address());
        // That the first block is in the history of a later one.
        let through_history = "proof?checkpoint_height=1";
        vec![
            format!("accounts/{sender}"),
            format!("accounts/{receiver}"),
            format!("accounts/{receiver}/{through_history}"),
            format!("notarisations/{}", self.notarised),
            format!("notarisations/{}/{through_history}", self.notarised),
        ]
    }

    /// The answer to a question, if it is final.
    async fn ask(&self, node: usize, question: &str) -> Option<Value> {
        let url = format!("http://{}/v1/{question}", self.network.addresses(node)[0]);
        let answer = self.http.get(url).send().await.ok()?;
        let is_ok = answer.status().is_success();
        let mut answer: Value = answer.json().await.ok().filter(|_| is_ok)?;
        let is_final = answer.get("is_final").is_none_or(|is_final| *is_final == true)
            && answer.get("status").is_none_or(|status| status == "final");
        // By which of several certificates a block is shown to be final is the node's choice.
        answer.as_object_mut()?.remove("certificate");
        if question.starts_with("accounts/") {
            // A block that left out all its transactions may make one node higher than the other.
            answer.as_object_mut()?.remove("height");
        }
        let answer = answer.get("claim").cloned().unwrap_or(answer);
        is_final.then_some(answer)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_any_table_is_found_at_start() {
    let mut patient = Patient::new(u64::MAX >> 1).await;
    for table in LEDGER_TABLES {
        patient.damage("ledger", LEDGER_TABLES, *table, Extent::One).await;
    }
    for table in DAG_TABLES {
        patient.damage("dag", DAG_TABLES, *table, Extent::One).await;
    }
    no_author_equivocated(&patient.network).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_starting_does_not_look_for_is_found_by_the_first_read() {
    let mut patient = Patient::new(0).await;
    for table in LEDGER_TABLES {
        patient.damage("ledger", LEDGER_TABLES, *table, Extent::All).await;
    }
    for table in DAG_TABLES {
        patient.damage("dag", DAG_TABLES, *table, Extent::All).await;
    }
    no_author_equivocated(&patient.network).await;
}
