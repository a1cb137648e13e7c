//! [`Builder`]: which register or stack word each argument gets.

use super::argument_move::{Move, MoveKind};
use super::block_passing::{BlockPassing, alignment};
use super::{FIRST_FLOAT, FIRST_INTEGER, FLOATS, HIGH_HALVES, INTEGERS, MOST_WORDS, STACK};
use crate::call::plan::native_type::{NativeType, RegisterClass};

/// What has been placed so far.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) parts: Vec<Move>,
    pub(super) integers: usize,
    pub(super) floats: usize,
    pub(super) stack: usize,
    /// Whether a vector register is used as a whole.
    pub(super) wide: bool,
}

impl Builder {
    pub(super) fn place(&mut self, argument: u16, native: &NativeType) -> Option<()> {
        if let Some(class) = native.register_class() {
            let to = self.register(class).or_else(|| self.push(1, 1))?;
            let how = MoveKind::of(native);
            self.parts.push(Move { argument, to: to as u16, block: false, offset: 0, how });
            return Some(());
        }
        let (size, align) = (native.size(), alignment(native));
        match BlockPassing::of(native) {
            BlockPassing::Registers(classes) if self.suffice(classes) => {
                for (index, class) in classes.into_iter().enumerate() {
                    let Some(class) = class else { continue };
                    let to = self.register(class)?;
                    self.add_block(argument, to, index * 8, MoveKind::bytes(size - index * 8));
                }
                Some(())
            }
            BlockPassing::Wide if self.floats < FLOATS => {
                let to = self.register(RegisterClass::Float)?;
                self.add_block(argument, to, 0, MoveKind::Words(1));
                self.add_block(argument, to - FIRST_FLOAT + HIGH_HALVES, 8, MoveKind::Words(1));
                self.wide = true;
                Some(())
            }
            _ => self.copy(argument, size, align),
        }
    }

    /// Whether there are registers for all words.
    fn suffice(&self, classes: [Option<RegisterClass>; 2]) -> bool {
        let count = |class| classes.iter().filter(|found| **found == Some(class)).count();
        self.integers + count(RegisterClass::Integer) <= INTEGERS
            && self.floats + count(RegisterClass::Float) <= FLOATS
    }

    fn copy(&mut self, argument: u16, size: usize, align: usize) -> Option<()> {
        let to = self.push(size.div_ceil(8), if align > 8 { 2 } else { 1 })?;
        let (words, rest) = (size / 8, size % 8);
        if words > 0 {
            self.add_block(argument, to, 0, MoveKind::Words(words as u32));
        }
        if rest > 0 {
            self.add_block(argument, to + words, words * 8, MoveKind::bytes(rest));
        }
        Some(())
    }

    /// The next register of a class.
    fn register(&mut self, class: RegisterClass) -> Option<usize> {
        let (used, limit, first) = match class {
            RegisterClass::Integer => (&mut self.integers, INTEGERS, FIRST_INTEGER),
            RegisterClass::Float => (&mut self.floats, FLOATS, FIRST_FLOAT),
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

    fn add_block(&mut self, argument: u16, to: usize, offset: usize, how: MoveKind) {
        let (to, offset) = (to as u16, offset as u32);
        self.parts.push(Move { argument, to, block: true, offset, how });
    }
}
