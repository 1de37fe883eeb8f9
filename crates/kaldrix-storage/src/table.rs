//! The closed list of tables. A table's tag and name are part of the format on disk.

use std::fmt;

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $tag:literal, $text:literal;)*) => {
        /// A named set of records, ordered by key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Table { $($(#[$doc])* $name = $tag,)* }

        impl Table {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What the table is called on disk and in errors.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

tables! {
    /// Identity, tip and the numbers of batches, by a short name.
    Meta = 0, "meta";
    /// Ledger headers by height.
    Header = 1, "header";
    /// Heights by ledger block id.
    HeightById = 2, "height-by-id";
    /// Executed transactions and who carried them, by height and index.
    Entry = 3, "entry";
    /// Receipts by height and index.
    Receipt = 4, "receipt";
    /// Height and index by transaction id.
    Place = 5, "place";
    /// Certificates by height.
    Certificate = 6, "certificate";
    /// Consensus checkpoints by height.
    Checkpoint = 7, "checkpoint";
    /// Accounts by address.
    Account = 8, "account";
    /// Registered public keys by address.
    PublicKey = 9, "public-key";
    /// Nodes of the state tree.
    TreeNode = 10, "tree-node";
    /// Blocks of the DAG by round, author and id.
    DagBlock = 11, "dag-block";
    /// Roots of the perfect subtrees over ledger block ids, by last height and level.
    History = 12, "history";
    /// Nothing, by notarised digest and the transaction's height and index.
    Notarisation = 13, "notarisation";
}

impl Table {
    pub fn tag(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
