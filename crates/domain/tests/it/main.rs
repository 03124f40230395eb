//! The engine as its callers see it.

mod mass;
mod optimum;
mod population;
mod quality;
mod threads;
mod workers;
