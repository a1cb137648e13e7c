#![no_main]

use libfuzzer_sys::fuzz_target;
use metaffi::entity_path::check_round_trip;

fuzz_target!(|text: &str| check_round_trip(text));
