//! Gauges read from outside of a running fleet: what the kernel knows of its processes, what Redis and MariaDB know of
//! their clients, and what the instances count for themselves.

pub(crate) mod commands;
pub(crate) mod kernel;
pub(crate) mod memory;
pub(crate) mod parts;
pub(crate) mod series;
pub(crate) mod store;
