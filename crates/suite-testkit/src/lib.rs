//! Real servers, databases and clients for the suite tests.
