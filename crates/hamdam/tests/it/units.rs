//! The unit of systemd, as its own tools see it.

use std::path::Path;

use tokio::process::Command;

const SHIPPED_PROGRAM: &str = "/usr/local/bin/hamdam";
/// In tenths; systemd calls anything below 20 fine.
const EXPOSURE: &str = "15";

#[tokio::test]
async fn the_unit_is_well_formed_and_gives_the_process_little() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/systemd/hamdam@.service");
    let text = std::fs::read_to_string(unit).unwrap();
    assert!(text.contains(SHIPPED_PROGRAM));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hamdam@.service");
    std::fs::write(&file, text.replace(SHIPPED_PROGRAM, env!("CARGO_BIN_EXE_hamdam"))).unwrap();
    for arguments in
        [&["verify", "--man=no"][..], &["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE]]
    {
        let output = Command::new("systemd-analyze").args(arguments).arg(&file).output().await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:#?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("hamdam@"), "{arguments:?}: {output:#?}");
    }
}
