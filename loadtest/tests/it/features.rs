//! The README's table of features names tests that are there.

use std::path::Path;

#[test]
fn every_feature_names_a_test_that_is_there() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(home.join("README.md")).unwrap();
    let table = readme.split("## What it can do").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let mut named = 0;
    for name in table.split('`').filter(|name| name.contains("::")) {
        let path: Vec<&str> = name.split("::").collect();
        let (function, modules) = path.split_last().unwrap();
        let file = format!("tests/it/{}.rs", modules.join("/"));
        let crates =
            ["loadtest", "crates/archive", "crates/hamdam"].map(|folder| home.join(folder).join(&file));
        let there = crates.iter().filter_map(|file| std::fs::read_to_string(file).ok());
        let begins = format!("fn {function}(");
        assert!(there.into_iter().any(|text| text.contains(&begins)), "{name} is no test");
        named += 1;
    }
    assert!(named > 20, "only {named} tests are named");
}
