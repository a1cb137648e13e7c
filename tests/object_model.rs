//! Random operations on objects do what a model of them does: the fuzzer's target `objects`, with
//! inputs that are the same on every run.

#[path = "common/random.rs"]
#[expect(dead_code, reason = "only numbers are needed")]
mod random;

mod model;

use random::Random;

/// How many games are played: more where `METAFFI_TEST_ROUNDS` says so.
fn rounds() -> u64 {
    let rounds = std::env::var("METAFFI_TEST_ROUNDS").ok();
    rounds.map_or(300, |rounds| rounds.parse().expect("a number"))
}

#[test]
fn objects_do_what_their_models_do() {
    let Some(game) = model::Game::new(std::env::var("METAFFI_TEST_PYTHON").ok()) else {
        eprintln!("skipped: no Python to embed");
        return;
    };
    for seed in 0..rounds() {
        let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let bytes: Vec<u8> = (0..600).map(|_| random.next() as u8).collect();
        game.play(&bytes);
    }
}
