//! The only map from failure to status and code.
