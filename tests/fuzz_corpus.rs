//! The fuzzer's corpus of declarations without the fuzzer: each seed whole, cut short, changed.

use std::fs;
use std::path::Path;

use metaffi::backend::c::parse::check;

fn seeds() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/declarations");
    let mut paths: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn check_bytes(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check(text);
    }
}

#[test]
fn every_seed_and_its_variations_are_handled() {
    const BYTES: &[u8] = b"()[]{}*;,=:'\"\\#0a \n-";
    let seeds = seeds();
    assert!(!seeds.is_empty());
    for seed in seeds {
        check_bytes(&seed);
        for at in 0..seed.len() {
            check_bytes(&seed[..at]);
            let mut changed = seed.clone();
            changed[at] = BYTES[at % BYTES.len()];
            check_bytes(&changed);
            changed.remove(at);
            check_bytes(&changed);
        }
    }
}
