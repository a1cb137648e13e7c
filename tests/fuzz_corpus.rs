//! The fuzzer's corpus, run without the fuzzer: each seed whole, cut short, and changed.

use std::fs;
use std::path::Path;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs a target on every seed and on what a byte taken away or exchanged makes of it.
fn run(target: fn(&[u8]), seeds: Vec<Vec<u8>>) {
    assert!(!seeds.is_empty());
    const BYTES: &[u8] = b"()[]{}*;,=:'\"\\#0a \n-";
    for seed in seeds {
        target(&seed);
        for at in 0..seed.len() {
            target(&seed[..at]);
            let mut changed = seed.clone();
            changed[at] = BYTES[at % BYTES.len()];
            target(&changed);
            changed.remove(at);
            target(&changed);
        }
    }
}

#[test]
fn declarations() {
    run(metaffi::fuzzing::declarations, seeds("declarations"));
}
