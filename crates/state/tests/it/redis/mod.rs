//! The state in Redis: the conformance suite on one server and on a Cluster, and what only Redis can do or suffer.

mod conformance;
mod servers;
