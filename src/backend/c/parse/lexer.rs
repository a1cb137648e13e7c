//! [`Lexer`]: bytes to tokens, without an allocation per token.

use super::symbol::{Symbol, Symbols};
use super::token::{Punctuator, Token, TokenKind};

/// What a byte may begin or continue.
#[derive(Clone, Copy, PartialEq)]
enum ByteClass {
    Stray,
    Blank,
    Newline,
    Letter,
    Digit,
    Quote,
    Punctuation,
}

static CLASSES: [ByteClass; 256] = classes();

const fn classes() -> [ByteClass; 256] {
    let mut classes = [ByteClass::Stray; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => ByteClass::Blank,
            b'\n' => ByteClass::Newline,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80..=0xff => ByteClass::Letter,
            b'0'..=b'9' => ByteClass::Digit,
            b'"' | b'\'' => ByteClass::Quote,
            b'!'
            | b'#'
            | b'%'
            | b'&'
            | b'('..=b'/'
            | b':'..=b'?'
            | b'['
            | b']'
            | b'^'
            | b'{'..=b'~' => ByteClass::Punctuation,
            _ => ByteClass::Stray,
        };
        byte += 1;
    }
    classes
}

/// A problem with the spelling itself.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
    pub(crate) problem: &'static str,
}

/// What the lexer finds: a token, or the beginning of a directive.
pub(crate) enum Lexeme {
    Token(Token),
    /// A `#` that is the first token of its line, at this offset.
    Directive(usize),
}

/// Reads tokens from a text.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    position: usize,
    end: usize,
    /// Whether only blanks were met since the line began.
    line_start: bool,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, position: 0, end: text.len(), line_start: true }
    }

    /// A lexer of a part of the text, in which a `#` is no directive.
    pub(crate) fn part(text: &'a str, start: usize, end: usize) -> Lexer<'a> {
        Lexer { text, position: start, end, line_start: false }
    }

    /// The offset of the next byte to read.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Continues at an offset that begins a line.
    pub(crate) fn resume(&mut self, position: usize) {
        self.position = position.min(self.end);
        self.line_start = true;
    }

    /// The next token or directive; [`TokenKind::End`] at the end and ever after.
    pub(crate) fn next(&mut self, symbols: &mut Symbols) -> Result<Lexeme, Malformed> {
        let before = self.position;
        self.skip_blanks()?;
        let start = self.position;
        let spaced = start > before;
        let Some(byte) = self.peek(0) else {
            return Ok(Lexeme::Token(self.token(TokenKind::End, Symbol::EMPTY, start)));
        };
        if byte == b'#' && self.line_start {
            return Ok(Lexeme::Directive(start));
        }
        self.line_start = false;
        let (kind, symbol) = match CLASSES[usize::from(byte)] {
            ByteClass::Letter => self.identifier(symbols)?,
            ByteClass::Digit => self.number(symbols),
            ByteClass::Quote => self.quoted(start, symbols)?,
            ByteClass::Punctuation if byte == b'.' && self.peek(1).is_some_and(is_digit) => {
                self.number(symbols)
            }
            ByteClass::Punctuation => (TokenKind::Punctuator(self.punctuator(byte)), Symbol::EMPTY),
            _ => {
                self.position += 1;
                (TokenKind::Stray, symbols.intern(&self.text[start..self.position]))
            }
        };
        Ok(Lexeme::Token(Token { spaced, ..self.token(kind, symbol, start) }))
    }

    /// The next token of a part of the text.
    pub(crate) fn token_of_part(&mut self, symbols: &mut Symbols) -> Result<Token, Malformed> {
        self.line_start = false;
        match self.next(symbols)? {
            Lexeme::Token(token) => Ok(token),
            Lexeme::Directive(at) => {
                self.position += 1;
                Ok(self.token(TokenKind::Punctuator(Punctuator::Hash), Symbol::EMPTY, at))
            }
        }
    }

    fn token(&self, kind: TokenKind, symbol: Symbol, at: usize) -> Token {
        Token { kind, symbol, at: at as u32, spaced: false }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        let at = self.position + ahead;
        if at < self.end { Some(self.text.as_bytes()[at]) } else { None }
    }

    /// Skips white space, comments and spliced line ends.
    fn skip_blanks(&mut self) -> Result<(), Malformed> {
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'\n', _) => {
                    self.position += 1;
                    self.line_start = true;
                }
                (b' ' | b'\t' | b'\r' | 0x0b | 0x0c, _) => self.position += 1,
                (b'/', Some(b'/')) => self.position = line_end(self.text, self.position, self.end),
                (b'/', Some(b'*')) => self.skip_comment()?,
                (b'\\', _) => match splice(&self.text.as_bytes()[self.position..self.end]) {
                    0 => break,
                    length => self.position += length,
                },
                _ => break,
            }
        }
        Ok(())
    }

    fn skip_comment(&mut self) -> Result<(), Malformed> {
        let start = self.position;
        match self.text.as_bytes()[start + 2..self.end].windows(2).position(|pair| pair == b"*/") {
            Some(length) => self.position = start + 2 + length + 2,
            None => {
                self.position = self.end;
                return Err(Malformed { at: start, problem: "the comment is not closed by '*/'" });
            }
        }
        Ok(())
    }

    fn identifier(&mut self, symbols: &mut Symbols) -> Result<(TokenKind, Symbol), Malformed> {
        let start = self.position;
        while self.peek(0).is_some_and(continues_identifier) {
            self.position += 1;
        }
        let spelling = &self.text[start..self.position];
        if matches!(spelling, "L" | "u" | "U" | "u8") && matches!(self.peek(0), Some(b'"' | b'\''))
        {
            return self.quoted(start, symbols);
        }
        let symbol = symbols.intern(spelling);
        let kind = Symbols::keyword(symbol).map_or(TokenKind::Identifier, TokenKind::Keyword);
        Ok((kind, symbol))
    }

    /// A preprocessing number, 6.4.8: wider than the constants, which are checked when used.
    fn number(&mut self, symbols: &mut Symbols) -> (TokenKind, Symbol) {
        let start = self.position;
        while let Some(byte) = self.peek(0) {
            let signed = matches!(byte, b'e' | b'E' | b'p' | b'P')
                && matches!(self.peek(1), Some(b'+' | b'-'))
                && !(matches!(byte, b'e' | b'E') && is_hexadecimal(&self.text[start..]));
            let separator = byte == b'\'' && self.peek(1).is_some_and(continues_identifier);
            match byte {
                _ if signed || separator => self.position += 2,
                b'.' => self.position += 1,
                _ if continues_identifier(byte) => self.position += 1,
                _ => break,
            }
        }
        (TokenKind::Number, symbols.intern(&self.text[start..self.position]))
    }

    /// A character constant or string literal whose prefix, if any, has been read.
    fn quoted(
        &mut self,
        start: usize,
        symbols: &mut Symbols,
    ) -> Result<(TokenKind, Symbol), Malformed> {
        let text = self.peek(0) == Some(b'"');
        let quote = if text { b'"' } else { b'\'' };
        self.position += 1;
        loop {
            match self.peek(0) {
                Some(byte) if byte == quote => break,
                Some(b'\\') => match splice(&self.text.as_bytes()[self.position..self.end]) {
                    0 => self.position = (self.position + 2).min(self.end),
                    length => self.position += length,
                },
                None | Some(b'\n') => {
                    let problem = if text {
                        "the string literal is not closed by '\"' on its line"
                    } else {
                        "the character constant is not closed by ''' on its line"
                    };
                    return Err(Malformed { at: start, problem });
                }
                Some(_) => self.position += 1,
            }
        }
        self.position += 1;
        let kind = if text { TokenKind::Text } else { TokenKind::Character };
        Ok((kind, symbols.intern(&self.text[start..self.position])))
    }

    fn punctuator(&mut self, first: u8) -> Punctuator {
        let (punctuator, length) = punctuator(first, self.peek(1), self.peek(2), self.peek(3));
        self.position += length;
        punctuator
    }
}

/// The offset of the newline that ends the line at `start`, spliced lines counting as one.
pub(crate) fn line_end(text: &str, start: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end && bytes[at] != b'\n' {
        at += if bytes[at] == b'\\' { splice(&bytes[at..end]).max(1) } else { 1 };
    }
    at
}

/// The length of a spliced line end (`\`, newline) that the bytes begin with, else 0.
pub(crate) fn splice(bytes: &[u8]) -> usize {
    match bytes {
        [b'\\', b'\n', ..] => 2,
        [b'\\', b'\r', b'\n', ..] => 3,
        _ => 0,
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn is_hexadecimal(spelling: &str) -> bool {
    spelling.starts_with("0x") || spelling.starts_with("0X")
}

fn continues_identifier(byte: u8) -> bool {
    matches!(CLASSES[usize::from(byte)], ByteClass::Letter | ByteClass::Digit)
}

/// The longest punctuator that these bytes begin with, and its length.
fn punctuator(
    first: u8,
    second: Option<u8>,
    third: Option<u8>,
    fourth: Option<u8>,
) -> (Punctuator, usize) {
    use Punctuator::*;
    match (first, second.unwrap_or(0)) {
        (b'.', b'.') if third == Some(b'.') => (Ellipsis, 3),
        (b'<', b'<') if third == Some(b'=') => (AssignOperator, 3),
        (b'>', b'>') if third == Some(b'=') => (AssignOperator, 3),
        (b'%', b':') if (third, fourth) == (Some(b'%'), Some(b':')) => (HashHash, 4),
        (b'<', b'<') => (ShiftLeft, 2),
        (b'>', b'>') => (ShiftRight, 2),
        (b'<', b'=') => (LessEqual, 2),
        (b'>', b'=') => (GreaterEqual, 2),
        (b'<', b':') => (LeftBracket, 2),
        (b':', b'>') => (RightBracket, 2),
        (b'<', b'%') => (LeftBrace, 2),
        (b'%', b'>') => (RightBrace, 2),
        (b'%', b':') => (Hash, 2),
        (b':', b':') => (ColonColon, 2),
        (b'-', b'>') => (Arrow, 2),
        (b'&', b'&') => (AmpersandAmpersand, 2),
        (b'|', b'|') => (PipePipe, 2),
        (b'=', b'=') => (EqualEqual, 2),
        (b'!', b'=') => (ExclamationEqual, 2),
        (b'+', b'+') => (PlusPlus, 2),
        (b'-', b'-') => (MinusMinus, 2),
        (b'#', b'#') => (HashHash, 2),
        (b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^', b'=') => (AssignOperator, 2),
        _ => (single(first), 1),
    }
}

fn single(byte: u8) -> Punctuator {
    use Punctuator::*;
    match byte {
        b'(' => LeftParen,
        b')' => RightParen,
        b'[' => LeftBracket,
        b']' => RightBracket,
        b'{' => LeftBrace,
        b'}' => RightBrace,
        b';' => Semicolon,
        b',' => Comma,
        b':' => Colon,
        b'?' => Question,
        b'.' => Dot,
        b'*' => Star,
        b'+' => Plus,
        b'-' => Minus,
        b'/' => Slash,
        b'%' => Percent,
        b'&' => Ampersand,
        b'|' => Pipe,
        b'^' => Caret,
        b'~' => Tilde,
        b'!' => Exclamation,
        b'<' => Less,
        b'>' => Greater,
        b'=' => Equal,
        _ => Hash,
    }
}
