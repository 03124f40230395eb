//! What it costs to read what Telegram sends. The samples are those the fuzz targets begin with.

use std::hint::black_box;

use criterion::Criterion;
use hamdam_telegram::Update;
use hamdam_telegram::answer::{self, Raw};

const UPDATES: [(&str, &[u8]); 5] = [
    ("a text", include_bytes!("../../../fuzz/seeds/update/text")),
    ("a reply", include_bytes!("../../../fuzz/seeds/update/reply")),
    ("a photo", include_bytes!("../../../fuzz/seeds/update/photo")),
    ("an edit", include_bytes!("../../../fuzz/seeds/update/edited_text")),
    ("a button", include_bytes!("../../../fuzz/seeds/update/press_next")),
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, body) in UPDATES {
        criterion.bench_function(&format!("read {name}"), |b| {
            b.iter(|| Update::from_json(black_box(body)).expect("a seed is an update"));
        });
    }
    let body = br#"{"ok":true,"result":{"message_id":31}}"#;
    let raw = Raw { status: 200, retry_after: None, body: body.as_slice().into() };
    criterion.bench_function("read the answer to copyMessage", |b| {
        b.iter(|| answer::placed("copyMessage", black_box(&raw)).expect("it was carried out"));
    });
    criterion.final_summary();
}
