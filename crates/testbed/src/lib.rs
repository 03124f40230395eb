//! Real services for tests and `./dev fleet`, started on free ports in a folder that vanishes.
//!
//! Every service is a [`Process`]: it is waited for until it answers, killed when its guard is dropped, and dies with
//! this process even if that is killed with -9. Nothing is shared with services the machine already runs.

mod balancer;
mod clock;
mod cluster;
pub mod fleet;
mod folder;
mod haproxy;
mod mariadb;
mod nginx;
mod ports;
mod probe;
mod process;
mod prometheus;
mod redis;
mod sentinels;
mod wire;

pub use balancer::{Balancer, BalancerKind, BalancerOptions};
pub use clock::Clock;
pub use cluster::{ClusterNode, RedisCluster};
pub use folder::Folder;
pub use haproxy::HaProxy;
pub use mariadb::{Exhausted, MariaDb};
pub use nginx::Nginx;
pub use ports::Port;
pub use process::{Process, Signal, poll};
pub use prometheus::Prometheus;
pub use redis::{Redis, RedisOptions};
pub use sentinels::RedisSentinels;
pub use wire::{Flow, Wire};
