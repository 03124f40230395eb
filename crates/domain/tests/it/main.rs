//! The engine as its callers see it.

mod optimum;
mod population;
mod quality;
