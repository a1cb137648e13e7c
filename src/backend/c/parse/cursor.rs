//! [`Parser`]: the position among the tokens, and what every production needs.

use std::collections::HashMap;
use std::sync::Arc;

use super::directive::Phase;
use super::fault::{Fault, Parse};
use super::pack::Pack;
use super::state::{Spot, State};
use super::symbol::Symbol;
use super::token::{Keyword, Punctuator, Token, TokenKind};
use crate::process::stack;

/// How deep productions may nest: C promises 63 levels, and a thread's stack may be small.
const DEPTH_LIMIT: u32 = 64;

/// A recursive-descent parser over the tokens of one text.
pub(crate) struct Parser<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) phase: Phase,
    pub(crate) pack: Pack,
    /// Whether the expression being read is only asked for its type.
    pub(crate) unevaluated: u32,
    /// Whether messages suggest names: not where macros are only tried, since that is slow.
    pub(crate) suggests: bool,
    tokens: Vec<Token>,
    next: usize,
    source: u32,
    depth: u32,
    pack_fault: Option<Fault>,
    /// The symbols that names have instead of their own.
    renamed: HashMap<Box<str>, Arc<str>>,
}

impl<'a> Parser<'a> {
    /// A parser at the first of tokens whose last is [`TokenKind::End`].
    pub(crate) fn new(
        state: &'a mut State,
        phase: Phase,
        source: u32,
        tokens: Vec<Token>,
    ) -> Parser<'a> {
        let mut parser = Parser {
            state,
            phase,
            pack: Pack::default(),
            unevaluated: 0,
            suggests: true,
            tokens,
            next: 0,
            source,
            depth: 0,
            pack_fault: None,
            renamed: HashMap::new(),
        };
        parser.apply_pragmas();
        parser
    }

    /// The current token.
    pub(crate) fn token(&self) -> Token {
        self.tokens[self.next]
    }

    /// The kind of the current token.
    pub(crate) fn kind(&self) -> TokenKind {
        self.tokens[self.next].kind
    }

    /// The offset of the current token.
    pub(crate) fn at(&self) -> u32 {
        self.tokens[self.next].at
    }

    /// The token after the current one.
    pub(crate) fn following(&self) -> Token {
        let rest = &self.tokens[self.next..];
        let following = rest.iter().skip(1).find(|token| !token.kind.is_pragma());
        following.copied().unwrap_or(rest[rest.len() - 1])
    }

    /// Moves past the current token and returns it; never past the end.
    pub(crate) fn advance(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::End {
            self.next += 1;
            if self.kind().is_pragma() {
                self.apply_pragmas();
            }
        }
        token
    }

    /// The position, for [`Parser::return_to`].
    pub(crate) fn position(&self) -> usize {
        self.next
    }

    /// Goes back to a position.
    pub(crate) fn return_to(&mut self, position: usize) {
        self.next = position;
    }

    fn apply_pragmas(&mut self) {
        while self.kind().is_pragma() {
            let token = self.token();
            let text = self.state.symbols.spelling(token.symbol);
            match token.kind {
                TokenKind::Rename => {
                    if let Some((name, symbol)) = text.split_once(char::is_whitespace) {
                        let (name, symbol) = (Box::from(name), Arc::from(symbol.trim()));
                        self.state.give_symbol(&name, &symbol);
                        self.renamed.entry(name).or_insert(symbol);
                    }
                }
                TokenKind::StorageOrder => self.pack.order(text),
                TokenKind::MicrosoftLayout => self.pack.microsoft(text),
                _ => {
                    if let Err(problem) = self.pack.apply(text) {
                        self.pack_fault.get_or_insert_with(|| Fault::new(token.at, problem));
                    }
                }
            }
            self.next += 1;
        }
    }

    /// The symbol that a `#pragma redefine_extname` gave to a name before.
    pub(crate) fn renamed(&self, name: Symbol) -> Option<Arc<str>> {
        self.renamed.get(self.spelling(name)).cloned()
    }

    /// Fails if a `#pragma pack` that was passed is malformed.
    pub(crate) fn check_pragmas(&mut self) -> Parse<()> {
        self.pack_fault.take().map_or(Ok(()), Err)
    }

    /// Whether the current token is this punctuator.
    pub(crate) fn sees(&self, punctuator: Punctuator) -> bool {
        self.kind() == TokenKind::Punctuator(punctuator)
    }

    /// Whether the current token is this keyword.
    pub(crate) fn sees_keyword(&self, keyword: Keyword) -> bool {
        self.kind() == TokenKind::Keyword(keyword)
    }

    /// Moves past a punctuator if it is there.
    pub(crate) fn accept(&mut self, punctuator: Punctuator) -> bool {
        let seen = self.sees(punctuator);
        if seen {
            self.advance();
        }
        seen
    }

    /// Moves past a keyword if it is there.
    pub(crate) fn accept_keyword(&mut self, keyword: Keyword) -> bool {
        let seen = self.sees_keyword(keyword);
        if seen {
            self.advance();
        }
        seen
    }

    /// Moves past a punctuator that must be there.
    pub(crate) fn expect(&mut self, punctuator: Punctuator) -> Parse<Token> {
        if self.sees(punctuator) {
            return Ok(self.advance());
        }
        Err(self.expected(&format!("'{}'", punctuator.spelling())))
    }

    /// Moves past an identifier that must be there.
    pub(crate) fn expect_identifier(&mut self, what: &str) -> Parse<Token> {
        if self.kind() == TokenKind::Identifier {
            return Ok(self.advance());
        }
        Err(self.expected(what))
    }

    /// `expected …, found …` at the current token.
    #[cold]
    pub(crate) fn expected(&self, what: &str) -> Fault {
        Fault::new(self.at(), format!("expected {what}, found {}", self.describe(self.token())))
    }

    /// A token as messages name it.
    pub(crate) fn describe(&self, token: Token) -> String {
        let spelling = self.state.symbols.spelling(token.symbol);
        match token.kind {
            TokenKind::End => String::from("the end of the text"),
            TokenKind::Punctuator(Punctuator::AssignOperator) => {
                String::from("an assignment operator")
            }
            TokenKind::Punctuator(punctuator) => format!("'{}'", punctuator.spelling()),
            TokenKind::Keyword(_) => format!("the keyword '{spelling}'"),
            TokenKind::Pack => String::from("#pragma pack"),
            TokenKind::Rename => String::from("#pragma redefine_extname"),
            TokenKind::StorageOrder => String::from("#pragma scalar_storage_order"),
            TokenKind::MicrosoftLayout => String::from("#pragma ms_struct"),
            TokenKind::Text => format!("the string {spelling}"),
            TokenKind::Number | TokenKind::Character => spelling.to_owned(),
            TokenKind::Identifier | TokenKind::Stray => format!("'{spelling}'"),
        }
    }

    /// The spelling of a name.
    pub(crate) fn spelling(&self, name: Symbol) -> &str {
        self.state.symbols.spelling(name)
    }

    /// The spot of a token of this text.
    pub(crate) fn spot(&self, at: u32) -> Spot {
        Spot { source: self.source, at }
    }

    /// Runs a production one level deeper.
    pub(crate) fn nested<T>(&mut self, production: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.deeper(1, production)
    }

    /// Runs a production that takes as much of the stack as so many levels of others.
    pub(crate) fn deeper<T>(
        &mut self,
        levels: u32,
        production: impl FnOnce(&mut Self) -> Parse<T>,
    ) -> Parse<T> {
        if self.depth + levels > DEPTH_LIMIT {
            return Err(Fault::new(
                self.at(),
                format!("nested more than {DEPTH_LIMIT} levels deep; split it up with typedefs"),
            ));
        }
        if stack::is_low() {
            return Err(Fault::new(
                self.at(),
                "nested too deep for what is left of this thread's stack; split it up with typedefs",
            ));
        }
        self.depth += levels;
        let result = production(self);
        self.depth -= levels;
        result
    }

    /// Moves past a bracketed group whose opening token is current.
    pub(crate) fn skip_balanced(&mut self) -> Parse<()> {
        let open = self.token();
        let mut depth = 0usize;
        loop {
            match self.kind() {
                TokenKind::End => {
                    let message = format!("{} is never closed", self.describe(open));
                    return Err(Fault::new(open.at, message));
                }
                TokenKind::Punctuator(punctuator) => match punctuator {
                    Punctuator::LeftParen | Punctuator::LeftBracket | Punctuator::LeftBrace => {
                        depth += 1;
                    }
                    Punctuator::RightParen | Punctuator::RightBracket | Punctuator::RightBrace => {
                        depth = depth.saturating_sub(1);
                    }
                    _ => {}
                },
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Moves to the next of these punctuators that is not inside brackets, or the end.
    pub(crate) fn skip_to(&mut self, stops: &[Punctuator]) -> Parse<()> {
        loop {
            match self.kind() {
                TokenKind::End => return Ok(()),
                TokenKind::Punctuator(punctuator) if stops.contains(&punctuator) => return Ok(()),
                TokenKind::Punctuator(
                    Punctuator::LeftParen | Punctuator::LeftBracket | Punctuator::LeftBrace,
                ) => self.skip_balanced()?,
                _ => {
                    self.advance();
                }
            }
        }
    }
}
