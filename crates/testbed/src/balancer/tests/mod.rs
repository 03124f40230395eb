//! nginx and HAProxy with the shipped configurations, before instances that are made to die, hang, drain and come back.

mod doors;
mod finding;
mod stub;
mod telegram;
mod troubles;

use super::*;
