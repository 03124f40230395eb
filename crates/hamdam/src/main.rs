//! The `hamdam` binary; everything is in the library.

use std::process::ExitCode;

/// A relayed message takes some hundred small allocations, on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    hamdam::commands::run(std::env::args_os())
}
