#![no_main]

use libfuzzer_sys::fuzz_target;
use metaffi::backend::c::parse::check;

fuzz_target!(|text: &str| check(text));
