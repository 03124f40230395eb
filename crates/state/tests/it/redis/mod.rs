//! The state in Redis: the conformance suite on one server and on a Cluster, and what only Redis can do or suffer.

mod cluster;
mod conformance;
mod cost;
mod faults;
mod gone;
mod healing;
mod servers;
mod together;
