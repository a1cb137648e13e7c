#![no_main]

use libfuzzer_sys::fuzz_target;
use metaffi::backend::c::declare::check;

fuzz_target!(|text: &str| check(text));
