//! One text from its bytes to what it declares, or to nothing.

use std::sync::Arc;

use super::cursor::Parser;
use super::directive::{Phase, Preprocessor};
use super::fault::{Fault, Parse};
use super::position::Source;
use super::state::State;
use super::token::TokenKind;
use super::value::Constant;
use crate::error::{Error, Result, Status};
use crate::value::memory;

/// The largest text, so that offsets fit in 32 bits with room to spare.
const TEXT_LIMIT: usize = 1 << 30;

/// Texts that are larger are read only where there is room for what is made of them.
const SMALL_TEXT: usize = 1 << 20;

/// What is made of a byte of a text at the most, in bytes: a copy, a token, its share of a
/// declaration, each while its list grows.
const ROOM: usize = 128;

impl State {
    /// Reads a text by one production; takes everything back if that fails.
    pub(super) fn read<T>(
        &mut self,
        text: &str,
        origin: &str,
        phase: Phase,
        production: impl FnOnce(&mut Parser<'_>) -> Parse<T>,
    ) -> Result<T> {
        if text.len() > TEXT_LIMIT {
            return Err(Error::out_of_range(format!(
                "{origin}: the text is larger than {TEXT_LIMIT} bytes"
            )));
        }
        if text.len() > SMALL_TEXT && memory::check_room(text.len() * ROOM).is_err() {
            return Err(Error::new(
                Status::OutOfMemory,
                format!(
                    "{origin}: a text of {} bytes may take {} times as much memory to read, which \
                     is not there",
                    text.len(),
                    ROOM
                ),
            ));
        }
        self.types.begin();
        self.sources.push(Arc::new(Source::new(origin, Arc::from(text))));
        let number = self.sources.len() - 1;
        let result = self.read_last(phase, production);
        result.map_err(|fault| {
            let error = fault.locate(&self.sources[number]);
            self.take_back();
            error
        })
    }

    fn read_last<T>(
        &mut self,
        phase: Phase,
        production: impl FnOnce(&mut Parser<'_>) -> Parse<T>,
    ) -> Parse<T> {
        let number = self.sources.len() as u32 - 1;
        let tokens =
            Preprocessor::new(phase, &mut self.symbols, &mut self.macros, &mut self.sources)
                .run()?;
        production(&mut Parser::new(self, phase, number, tokens))
    }
}

impl Parser<'_> {
    /// A constant expression and nothing after it; two that a comma separates are none.
    pub(super) fn whole_constant(&mut self) -> Parse<Constant> {
        let at = self.at();
        let value = self.conditional_expression()?;
        self.expect_end()?;
        let type_id = value.type_id;
        match self.constant_of(at, value, type_id)? {
            Some(constant) => Ok(constant),
            None => Err(Fault::new(at, "its value is known only when the program runs")),
        }
    }

    pub(super) fn expect_end(&mut self) -> Parse<()> {
        self.check_pragmas()?;
        match self.kind() {
            TokenKind::End => Ok(()),
            _ => Err(self.expected("the end of the text")),
        }
    }
}
