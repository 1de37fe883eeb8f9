//! Keys, signatures and keystores: the one crate that names a signature library
