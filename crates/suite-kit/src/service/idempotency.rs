//! Repeating a POST without doing it twice.
