//! What the tests of values share.

use std::ptr;
use std::sync::Arc;

use crate::abi::metaffi_object;
use crate::handle::{self, ForeignObject, ObjectType};

struct Token;

impl ObjectType for Arc<Token> {}

impl ForeignObject for Arc<Token> {
    fn runtime(&self) -> &str {
        "test"
    }

    fn type_name(&self) -> String {
        "Token".to_owned()
    }

    fn identity(&self) -> u64 {
        Arc::as_ptr(self).addr() as u64
    }
}

/// An object's handle, and how many such objects are alive: 1 until the last handle is freed.
pub(super) fn object() -> (*mut metaffi_object, impl Fn() -> usize) {
    let token = Arc::new(Token);
    let watch = Arc::downgrade(&token);
    let key = handle::insert_object(Arc::new(token)).unwrap();
    (ptr::without_provenance_mut(key), move || watch.strong_count())
}

/// A generator of numbers that repeats itself in every run (xorshift).
pub(super) struct Random(pub(super) u64);

impl Random {
    /// The next number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
