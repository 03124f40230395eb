//! The program from outside: configuration, HTTP surface, life of an instance.

mod config;
mod webhook;
