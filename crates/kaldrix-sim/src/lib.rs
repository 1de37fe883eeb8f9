//! Virtual clock, network and disk for whole-network tests
