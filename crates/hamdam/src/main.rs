//! The `hamdam` binary; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    hamdam::commands::run(std::env::args_os())
}
