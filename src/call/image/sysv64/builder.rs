//! [`Builder`]: which register or stack word each argument gets.

use super::block::{alignment, classes};
use super::part::{How, Part};
use super::{FLOATS, INTEGERS, MOST_WORDS, REGISTERS};
use crate::call::native::{Bank, NativeType};

/// What has been placed so far.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) parts: Vec<Part>,
    pub(super) integers: usize,
    pub(super) floats: usize,
    pub(super) stack: usize,
}

impl Builder {
    pub(super) fn place(&mut self, argument: u16, native: &NativeType) -> Option<()> {
        if let Some(class) = native.bank() {
            let to = self.register(class).or_else(|| self.push(1, 1))?;
            let how = How::of(native);
            self.add(Part { argument, to: to as u16, block: false, offset: 0, how });
            return Some(());
        }
        let (size, align) = (native.size(), alignment(native)?);
        match classes(native)? {
            Some(classes) => self.block(argument, size, align, classes),
            None => self.copy(argument, size, align),
        }
    }

    /// A block in registers if they all suffice, else on the stack.
    fn block(
        &mut self,
        argument: u16,
        size: usize,
        align: usize,
        classes: [Bank; 2],
    ) -> Option<()> {
        let classes = &classes[..size.div_ceil(8)];
        let count = |class| classes.iter().filter(|found| **found == class).count();
        if self.integers + count(Bank::Integer) > INTEGERS
            || self.floats + count(Bank::Float) > FLOATS
        {
            return self.copy(argument, size, align);
        }
        for (index, class) in classes.iter().enumerate() {
            let to = self.register(*class)?;
            self.add_block(argument, to, index * 8, How::bytes(size - index * 8));
        }
        Some(())
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
            Bank::Integer => (&mut self.integers, INTEGERS, 0),
            Bank::Float => (&mut self.floats, FLOATS, INTEGERS),
        };
        let register = (*used < limit).then_some(first + *used)?;
        *used += 1;
        Some(register)
    }

    /// Words on the stack, aligned to so many.
    fn push(&mut self, words: usize, align: usize) -> Option<usize> {
        let first = self.stack.next_multiple_of(align);
        self.stack = first + words;
        (REGISTERS + self.stack <= MOST_WORDS).then_some(REGISTERS + first)
    }

    fn add_block(&mut self, argument: u16, to: usize, offset: usize, how: How) {
        self.add(Part { argument, to: to as u16, block: true, offset: offset as u32, how });
    }

    fn add(&mut self, part: Part) {
        self.parts.push(part);
    }
}
