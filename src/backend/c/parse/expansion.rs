//! Macro expansion, 6.10.3: what an object-like macro stands for, macros in it expanded.

use super::fault::{Fault, Parse};
use super::lexer::Lexer;
use super::macros::{Macro, Macros};
use super::symbol::{Symbol, Symbols};
use super::token::{Punctuator, Token, TokenKind};

/// How many steps one expansion may take: macros that double each other stop here.
const TOKEN_LIMIT: usize = 1 << 16;

/// How deep macros may name each other, and their arguments nest.
const NESTING_LIMIT: usize = 64;

impl Macros {
    /// Appends what an object-like macro stands for; every token stands at `at`.
    pub(crate) fn expand(
        &self,
        name: Symbol,
        at: u32,
        symbols: &mut Symbols,
        tokens: &mut Vec<Token>,
    ) -> Parse<()> {
        let Some(definition) = self.get(name) else { return Ok(()) };
        let mut expansion = Expansion {
            macros: self,
            symbols,
            active: Vec::new(),
            at,
            depth: 0,
            left: TOKEN_LIMIT,
        };
        let body = expansion.tokens_of(definition)?;
        expansion.rescan_body(name, &body, tokens)
    }
}

/// One expansion under way.
struct Expansion<'a> {
    macros: &'a Macros,
    symbols: &'a mut Symbols,
    /// The macros being expanded, which stand for themselves meanwhile, 6.10.3.4.
    active: Vec<Symbol>,
    at: u32,
    depth: usize,
    /// How many steps are left.
    left: usize,
}

/// A function-like macro: its parameters and what follows them.
struct Template {
    parameters: Vec<Symbol>,
    variadic: bool,
    body: Vec<Token>,
}

impl Expansion<'_> {
    fn fault(&self, message: String) -> Fault {
        Fault::new(self.at, message)
    }

    fn tokens_of(&mut self, definition: &Macro) -> Parse<Vec<Token>> {
        let mut lexer = definition.lexer();
        let mut tokens = Vec::new();
        loop {
            let token = lexer
                .token_of_part(self.symbols)
                .map_err(|malformed| self.fault(malformed.problem.to_owned()))?;
            if token.kind == TokenKind::End {
                return Ok(tokens);
            }
            tokens.push(Token { at: self.at, ..token });
        }
    }

    fn rescan_body(&mut self, name: Symbol, body: &[Token], into: &mut Vec<Token>) -> Parse<()> {
        self.count()?;
        self.active.push(name);
        self.rescan(body, into)?;
        self.active.pop();
        Ok(())
    }

    /// Rescanning, 6.10.3.4: copies tokens, macros among them expanded.
    fn rescan(&mut self, tokens: &[Token], into: &mut Vec<Token>) -> Parse<()> {
        if self.depth >= NESTING_LIMIT {
            let name = self.active.last().map_or("", |name| self.symbols.spelling(*name));
            return Err(self.fault(format!(
                "the macro '{name}' nests macros more than {NESTING_LIMIT} levels deep"
            )));
        }
        self.depth += 1;
        let mut next = 0;
        while let Some(&token) = tokens.get(next) {
            next += 1;
            let definition = self.macros.get(token.symbol).filter(|definition| {
                matches!(token.kind, TokenKind::Identifier | TokenKind::Keyword(_))
                    && !self.active.contains(&definition.name)
            });
            match definition {
                Some(definition) if !definition.function_like => {
                    let body = self.tokens_of(definition)?;
                    self.rescan_body(token.symbol, &body, into)?;
                }
                Some(definition)
                    if tokens.get(next).is_some_and(|open| open.kind.is(Punctuator::LeftParen)) =>
                {
                    let (arguments, after) = self.arguments(tokens, next + 1)?;
                    next = after;
                    let template = self.template(definition)?;
                    let body = self.substitute(token.symbol, &template, arguments)?;
                    self.rescan_body(token.symbol, &body, into)?;
                }
                _ => self.push(token, into)?,
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn push(&mut self, token: Token, into: &mut Vec<Token>) -> Parse<()> {
        self.count()?;
        into.push(token);
        Ok(())
    }

    /// Counts one step of work: a token made, or a macro replaced, perhaps by nothing.
    fn count(&mut self) -> Parse<()> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| self.fault(String::from("the macro expands to too many tokens")))?;
        Ok(())
    }

    /// The arguments between the parenthesis before `start` and its partner, and what is after.
    fn arguments(&self, tokens: &[Token], start: usize) -> Parse<(Vec<Vec<Token>>, usize)> {
        let mut arguments = vec![Vec::new()];
        let mut depth = 0usize;
        for (index, token) in tokens.iter().enumerate().skip(start) {
            match token.kind {
                TokenKind::Punctuator(Punctuator::RightParen) if depth == 0 => {
                    return Ok((arguments, index + 1));
                }
                TokenKind::Punctuator(Punctuator::Comma) if depth == 0 => {
                    arguments.push(Vec::new());
                    continue;
                }
                TokenKind::Punctuator(Punctuator::LeftParen) => depth += 1,
                TokenKind::Punctuator(Punctuator::RightParen) => depth -= 1,
                _ => {}
            }
            if let Some(argument) = arguments.last_mut() {
                argument.push(*token);
            }
        }
        Err(self.fault(String::from("the arguments of a macro are never closed")))
    }

    fn template(&mut self, definition: &Macro) -> Parse<Template> {
        let tokens = self.tokens_of(definition)?;
        let close = tokens.iter().position(|token| token.kind.is(Punctuator::RightParen));
        let close =
            close.ok_or_else(|| self.fault(String::from("the parameters of a macro never end")))?;
        let mut parameters = Vec::new();
        let mut variadic = false;
        for token in &tokens[1..close] {
            match token.kind {
                TokenKind::Punctuator(Punctuator::Ellipsis) => {
                    variadic = true;
                    parameters.push(self.symbols.intern("__VA_ARGS__"));
                }
                TokenKind::Punctuator(_) => {}
                _ => parameters.push(token.symbol),
            }
        }
        Ok(Template { parameters, variadic, body: tokens[close + 1..].to_vec() })
    }

    /// Argument substitution, 6.10.3.1, and `##`, 6.10.3.3.
    fn substitute(
        &mut self,
        name: Symbol,
        template: &Template,
        mut arguments: Vec<Vec<Token>>,
    ) -> Parse<Vec<Token>> {
        self.match_arguments(name, template, &mut arguments)?;
        let mut result: Vec<Token> = Vec::new();
        let mut paste = false;
        for (index, token) in template.body.iter().enumerate() {
            if token.kind.is(Punctuator::HashHash) {
                paste = true;
                continue;
            }
            if token.kind.is(Punctuator::Hash) {
                return Err(self.fault(String::from("the operator '#' of macros is not supported")));
            }
            let pasted_next =
                template.body.get(index + 1).is_some_and(|next| next.kind.is(Punctuator::HashHash));
            let parameter = template.parameters.iter().position(|one| *one == token.symbol);
            let mut piece = Vec::new();
            match parameter {
                Some(parameter) if paste || pasted_next => piece.clone_from(&arguments[parameter]),
                Some(parameter) => self.rescan(&arguments[parameter], &mut piece)?,
                None => piece.push(*token),
            }
            if std::mem::take(&mut paste)
                && let (Some(left), Some(right)) = (result.last().copied(), piece.first().copied())
            {
                result.pop();
                piece[0] = self.paste(left, right)?;
            }
            for token in piece {
                self.push(token, &mut result)?;
            }
        }
        Ok(result)
    }

    /// Joins the variable arguments, and checks how many there are.
    fn match_arguments(
        &self,
        name: Symbol,
        template: &Template,
        arguments: &mut Vec<Vec<Token>>,
    ) -> Parse<()> {
        let wanted = template.parameters.len();
        if template.variadic && arguments.len() + 1 == wanted {
            arguments.push(Vec::new());
        }
        while template.variadic && arguments.len() > wanted && arguments.len() > 1 {
            let last = arguments.pop().unwrap_or_default();
            if let Some(before) = arguments.last_mut() {
                let comma = TokenKind::Punctuator(Punctuator::Comma);
                before.push(Token { kind: comma, symbol: Symbol::EMPTY, at: self.at });
                before.extend(last);
            }
        }
        let empty = wanted == 0 && matches!(arguments.as_slice(), [only] if only.is_empty());
        if arguments.len() == wanted || empty {
            return Ok(());
        }
        let name = self.symbols.spelling(name);
        let found = arguments.len();
        Err(self.fault(format!("the macro '{name}' takes {wanted} arguments, not {found}")))
    }

    /// `left ## right`.
    fn paste(&mut self, left: Token, right: Token) -> Parse<Token> {
        let (left, right) = (self.spelling(left), self.spelling(right));
        let joined = format!("{left}{right}");
        let mut lexer = Lexer::part(&joined, 0, joined.len());
        match lexer.token_of_part(self.symbols) {
            Ok(token) if lexer.position() == joined.len() => Ok(Token { at: self.at, ..token }),
            _ => Err(self.fault(format!("'##' makes no token of '{left}' and '{right}'"))),
        }
    }

    fn spelling(&self, token: Token) -> String {
        match token.kind {
            TokenKind::Punctuator(punctuator) => punctuator.spelling().to_owned(),
            _ => self.symbols.spelling(token.symbol).to_owned(),
        }
    }
}
