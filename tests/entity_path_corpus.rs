//! What the fuzzer of entity paths checks, on its corpus.

use std::fs;
use std::path::Path;

use metaffi::entity_path::{EntityPath, check_round_trip};

fn corpus() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/entity_path");
    let seed = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The fuzzer's targets take text, so that anything else never reaches them.
        Some((name, String::from_utf8(fs::read(path).unwrap()).ok()?))
    };
    fs::read_dir(directory).unwrap().filter_map(seed).collect()
}

#[test]
fn every_seed_round_trips_or_is_refused_at_a_place_inside() {
    for (name, text) in corpus() {
        println!("{name}");
        check_round_trip(&text);
    }
}

#[test]
fn the_corpus_has_paths_and_refusals() {
    let (paths, refusals): (Vec<_>, Vec<_>) =
        corpus().into_iter().partition(|(_, text)| EntityPath::parse(text).is_ok());
    assert!(paths.len() >= 12, "{paths:?}");
    assert!(refusals.len() >= 12, "{refusals:?}");
}
