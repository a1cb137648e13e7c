//! The program `metaffi`, run on real libraries.

mod call;
mod describe;
mod doctor;
mod documentation;
mod inspect;
mod run;
