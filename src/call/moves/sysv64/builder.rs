//! [`Builder`]: which register or stack word each argument gets.

use super::block::{Passing, alignment};
use super::part::{How, Part};
use super::{FIRST_FLOAT, FIRST_INTEGER, FLOATS, HIGH_HALVES, INTEGERS, MOST_WORDS, STACK};
use crate::call::plan::native::{Bank, NativeType};

/// What has been placed so far.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) parts: Vec<Part>,
    pub(super) integers: usize,
    pub(super) floats: usize,
    pub(super) stack: usize,
    /// Whether a vector register is used as a whole.
    pub(super) wide: bool,
}

impl Builder {
    pub(super) fn place(&mut self, argument: u16, native: &NativeType) -> Option<()> {
        if let Some(class) = native.bank() {
            let to = self.register(class).or_else(|| self.push(1, 1))?;
            let how = How::of(native);
            self.parts.push(Part { argument, to: to as u16, block: false, offset: 0, how });
            return Some(());
        }
        let (size, align) = (native.size(), alignment(native));
        match Passing::of(native) {
            Passing::Registers(classes) if self.suffice(classes) => {
                for (index, class) in classes.into_iter().enumerate() {
                    let Some(class) = class else { continue };
                    let to = self.register(class)?;
                    self.add_block(argument, to, index * 8, How::bytes(size - index * 8));
                }
                Some(())
            }
            Passing::Wide if self.floats < FLOATS => {
                let to = self.register(Bank::Float)?;
                self.add_block(argument, to, 0, How::Words(1));
                self.add_block(argument, to - FIRST_FLOAT + HIGH_HALVES, 8, How::Words(1));
                self.wide = true;
                Some(())
            }
            _ => self.copy(argument, size, align),
        }
    }

    /// Whether there are registers for all words.
    fn suffice(&self, classes: [Option<Bank>; 2]) -> bool {
        let count = |bank| classes.iter().filter(|class| **class == Some(bank)).count();
        self.integers + count(Bank::Integer) <= INTEGERS
            && self.floats + count(Bank::Float) <= FLOATS
    }

    fn copy(&mut self, argument: u16, size: usize, align: usize) -> Option<()> {
        let to = self.push(size.div_ceil(8), if align > 8 { 2 } else { 1 })?;
        let (words, rest) = (size / 8, size % 8);
        if words > 0 {
            self.add_block(argument, to, 0, How::Words(words as u32));
        }
        if rest > 0 {
            self.add_block(argument, to + words, words * 8, How::bytes(rest));
        }
        Some(())
    }

    /// The next register of a class.
    fn register(&mut self, class: Bank) -> Option<usize> {
        let (used, limit, first) = match class {
            Bank::Integer => (&mut self.integers, INTEGERS, FIRST_INTEGER),
            Bank::Float => (&mut self.floats, FLOATS, FIRST_FLOAT),
        };
        let register = (*used < limit).then_some(first + *used)?;
        *used += 1;
        Some(register)
    }

    /// Words on the stack, aligned to so many.
    fn push(&mut self, words: usize, align: usize) -> Option<usize> {
        let first = self.stack.next_multiple_of(align);
        self.stack = first + words;
        (STACK + self.stack <= MOST_WORDS).then_some(STACK + first)
    }

    fn add_block(&mut self, argument: u16, to: usize, offset: usize, how: How) {
        let (to, offset) = (to as u16, offset as u32);
        self.parts.push(Part { argument, to, block: true, offset, how });
    }
}
