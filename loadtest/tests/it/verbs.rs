//! The command line of the load tool.

use std::process::Command;

#[test]
fn every_verb_shows_an_example() {
    for verb in [
        "telegram",
        "demo",
        "run",
        "profile",
        "guide",
        "chaos",
        "soak",
        "rush",
        "broadcast",
        "bench",
        "population",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_loadtest")).args([verb, "--help"]).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("Example: "), "{verb}: {output:?}");
    }
}
