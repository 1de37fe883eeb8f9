//! A wallet: builds, signs and sends the transactions of one account.
//!
//! The wallet asks the node for what a transaction needs (sequence number, fees, heights) and never
//! shows it the private key. What a node answers can make a transaction fail, never spend more than
//! its fee and amount; the fee is bounded by `fee_max`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kaldrix_crypto::{SignError, Signer, sign_transaction};
use kaldrix_types::encoding::{self, Bounded, TooMany};
use kaldrix_types::{
    Address, Amount, ChainId, Digest, Genesis, Height, Notarisation, Payload, Transaction,
    TransactionBody, TransactionId,
};

use crate::api::{AccountView, Fees, ProblemKind, TransactionView};
use crate::client::Client;
use crate::error::ClientError;

/// How far ahead of the present height a transaction expires, unless the wallet is told otherwise.
pub const EXPIRY_HEIGHTS: u64 = 5_000;
/// The most that a wallet pays as a fee, unless it is told otherwise: 0.01 KALD.
pub const FEE_MAX: Amount = Amount(10_000_000);
/// How often a transaction is signed anew because another one took its sequence number.
const SEQUENCE_ATTEMPTS: u32 = 3;

/// Why a transaction was not sent.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the account {address} has no funds: nothing was ever sent to it")]
    NoAccount { address: Address },
    #[error(
        "{needed} base units are needed (fee included) and the account {address} has {balance}"
    )]
    Unaffordable { address: Address, needed: u128, balance: Amount },
    #[error("the network asks for a fee of {fee} base units, above the limit of {fee_max}")]
    FeeAboveLimit { fee: Amount, fee_max: Amount },
    #[error("the node is on chain {found}, this wallet is for chain {expected}")]
    WrongChain { found: ChainId, expected: ChainId },
    #[error("{what}: {error}")]
    TooLong { what: &'static str, error: TooMany },
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// One account, on one network, through one node. Cheap to clone.
#[derive(Clone)]
pub struct Wallet {
    client: Client,
    signer: Arc<dyn Signer>,
    address: Address,
    chain_id: ChainId,
    fees: Fees,
    expiry_heights: u64,
    fee_max: Amount,
    /// Held while a transaction is built and sent, so that two never take one sequence number.
    sending: Arc<tokio::sync::Mutex<()>>,
}

impl Wallet {
    /// Asks the node which network it is on. Pass the `chain_id` that you trust, if you know one.
    pub async fn open(
        client: Client,
        signer: Arc<dyn Signer>,
        chain_id: Option<ChainId>,
    ) -> Result<Self, WalletError> {
        let status = client.status().await?;
        if let Some(expected) = chain_id
            && expected != status.chain_id
        {
            return Err(WalletError::WrongChain { found: status.chain_id, expected });
        }
        let network = Network {
            chain_id: status.chain_id,
            fees: status.fees,
            expiry_heights_max: status.expiry_heights_max,
        };
        Ok(Self::new(client, signer, &network))
    }

    /// A wallet that takes the network's rules from a genesis that the caller trusts.
    pub fn for_genesis(client: Client, signer: Arc<dyn Signer>, genesis: &Genesis) -> Self {
        let network = Network {
            chain_id: genesis.chain_id(),
            fees: (&genesis.protocol).into(),
            expiry_heights_max: genesis.protocol.expiry_heights_max,
        };
        Self::new(client, signer, &network)
    }

    fn new(client: Client, signer: Arc<dyn Signer>, network: &Network) -> Self {
        Self {
            client,
            address: Address::of(signer.public_key()),
            signer,
            chain_id: network.chain_id,
            fees: network.fees,
            expiry_heights: EXPIRY_HEIGHTS.min(network.expiry_heights_max),
            fee_max: FEE_MAX,
            sending: Arc::default(),
        }
    }

    /// Transactions expire this many heights after the one they are signed at.
    pub fn with_expiry_heights(self, expiry_heights: u64) -> Self {
        Self { expiry_heights, ..self }
    }

    /// No transaction pays a higher fee than this.
    pub fn with_fee_max(self, fee_max: Amount) -> Self {
        Self { fee_max, ..self }
    }

    pub fn address(&self) -> Address {
        self.address
    }

    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The account as the node sees it; `None` before anything was sent to it.
    pub async fn account(&self) -> Result<Option<AccountView>, WalletError> {
        Ok(self.client.account(&self.address).await?)
    }

    /// Sends `amount` to another account. Returns once the node holds the transaction durably.
    pub async fn transfer(
        &self,
        to: Address,
        amount: Amount,
    ) -> Result<TransactionId, WalletError> {
        self.send(Payload::Transfer { to, amount }).await
    }

    /// Has digests certified under a short tag. Returns once the node holds the transaction
    /// durably.
    pub async fn notarise(
        &self,
        tag: &[u8],
        digests: Vec<Digest>,
    ) -> Result<TransactionId, WalletError> {
        let too_long = |what| move |error| WalletError::TooLong { what, error };
        let tag = Bounded::new(tag.to_vec()).map_err(too_long("the tag's bytes"))?;
        let digests = Bounded::new(digests).map_err(too_long("the digests"))?;
        self.send(Payload::Notarise(Notarisation { tag, digests })).await
    }

    /// Builds, signs and sends a transaction with `payload`.
    ///
    /// If another wallet of the same account takes the sequence number first, the transaction is
    /// signed anew with the next one.
    pub async fn send(&self, payload: Payload) -> Result<TransactionId, WalletError> {
        let _sending = self.sending.lock().await;
        let mut attempt = 1;
        loop {
            let transaction = self.sign(payload.clone()).await?;
            match self.client.submit(&transaction).await {
                Err(error) if attempt < SEQUENCE_ATTEMPTS && is_sequence_conflict(&error) => {
                    attempt += 1;
                }
                result => return Ok(result?),
            }
        }
    }

    /// Waits until a transaction is final, at most `timeout`.
    pub async fn wait_final(
        &self,
        id: &TransactionId,
        timeout: Duration,
    ) -> Result<TransactionView, WalletError> {
        Ok(self.client.wait_final(id, timeout).await?)
    }

    /// Builds and signs a transaction for the account as it stands, without sending it.
    pub async fn sign(&self, payload: Payload) -> Result<Transaction, WalletError> {
        let address = self.address;
        let account = self.account().await?.ok_or(WalletError::NoAccount { address })?;
        let body = self.body(account.next_sequence, account.height, payload);
        let amount = match &body.payload {
            Payload::Transfer { amount, .. } => *amount,
            _ => Amount::ZERO,
        };
        let (balance, fee) = (account.balance, body.fee);
        if fee > self.fee_max {
            return Err(WalletError::FeeAboveLimit { fee, fee_max: self.fee_max });
        }
        let needed = u128::from(amount.0) + u128::from(fee.0);
        if needed > u128::from(balance.0) {
            return Err(WalletError::Unaffordable { address, needed, balance });
        }
        Ok(sign_transaction(body, self.signer.as_ref())?)
    }

    /// The body of a transaction that is the account's `sequence`th, signed at `height`, with the
    /// least fee. The account's first one carries its key.
    pub fn body(&self, sequence: u64, height: Height, payload: Payload) -> TransactionBody {
        let key = self.signer.public_key();
        let mut body = TransactionBody {
            chain_id: self.chain_id,
            sender: self.address,
            sequence,
            fee: Amount::ZERO,
            expiry_height: height.saturating_add(self.expiry_heights),
            public_key: (sequence == 0).then(|| key.clone()),
            payload,
        };
        // A fee has the same length whatever its value, so this is the final length.
        body.fee = self.fees.minimum(encoding::to_bytes(&body).len(), key.scheme());
        body
    }
}

/// What a wallet must know of a network.
struct Network {
    chain_id: ChainId,
    fees: Fees,
    expiry_heights_max: u64,
}

fn is_sequence_conflict(error: &ClientError) -> bool {
    let kind = error.problem().map(|problem| problem.kind);
    matches!(kind, Some(ProblemKind::SequenceTaken | ProblemKind::SequenceUsed))
}

/// Shows the address alone.
impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet").field("address", &self.address).finish_non_exhaustive()
    }
}
