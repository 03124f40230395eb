//! Hamdam as a program: configuration, the HTTP surface, commands, and an instance that can be started from any
//! process ([`serve::start`]).

pub mod commands;
pub mod config;
pub mod http;
pub mod logging;
pub mod registration;
pub mod reports;
pub mod serve;
pub mod service;
