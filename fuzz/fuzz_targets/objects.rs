#![no_main]

#[path = "../../tests/model/mod.rs"]
mod model;

use libfuzzer_sys::fuzz_target;

thread_local! {
    static GAME: Option<model::Game> = model::Game::new(None);
}

fuzz_target!(|bytes: &[u8]| {
    GAME.with(|game| {
        if let Some(game) = game {
            game.play(bytes);
        }
    });
});
