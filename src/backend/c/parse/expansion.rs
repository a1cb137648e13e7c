//! Macro expansion, 6.10.3: what an object-like macro stands for, macros in it expanded.

use super::fault::{Fault, Parse};
use super::lexer::Lexer;
use super::macros::{Macro, Macros};
use super::position::Location;
use super::quoted;
use super::symbol::{Symbol, Symbols};
use super::token::{Punctuator, Token, TokenKind};

/// How many steps one expansion may take: macros that double each other stop here.
const TOKEN_LIMIT: usize = 1 << 16;

/// How deep macros may name each other, and their arguments nest.
const NESTING_LIMIT: usize = 64;

impl Macros {
    /// Appends what the name of an object-like macro stands for; every token stands where the name
    /// does, and `__FILE__` and `__LINE__` are of `place`.
    pub(crate) fn expand(
        &self,
        name: Token,
        place: &dyn Fn() -> Location,
        symbols: &mut Symbols,
        tokens: &mut Vec<Token>,
    ) -> Parse<()> {
        let Some(definition) = self.get(name.symbol) else { return Ok(()) };
        let places = ["__FILE__", "__LINE__"].map(|name| symbols.intern(name));
        let mut expansion = Expansion {
            macros: self,
            symbols,
            places,
            place,
            active: Vec::new(),
            at: name.at,
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
    /// `__FILE__` and `__LINE__`.
    places: [Symbol; 2],
    place: &'a dyn Fn() -> Location,
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

    fn rescan_body(&mut self, name: Token, body: &[Token], into: &mut Vec<Token>) -> Parse<()> {
        self.count()?;
        self.active.push(name.symbol);
        let before = into.len();
        self.rescan(body, into)?;
        if let Some(first) = into.get_mut(before) {
            first.spaced = name.spaced;
        }
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
                    self.rescan_body(token, &body, into)?;
                }
                Some(definition)
                    if tokens.get(next).is_some_and(|open| open.kind.is(Punctuator::LeftParen)) =>
                {
                    let (arguments, after) = self.arguments(tokens, next + 1)?;
                    next = after;
                    let template = self.template(definition)?;
                    let body = self.substitute(token.symbol, &template, arguments)?;
                    self.rescan_body(token, &body, into)?;
                }
                None if self.places.contains(&token.symbol) => {
                    let token = self.placed(token);
                    self.push(token, into)?;
                }
                _ => self.push(token, into)?,
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// What `__FILE__` or `__LINE__` stands for.
    fn placed(&mut self, token: Token) -> Token {
        let place = (self.place)();
        let (kind, spelling) = match token.symbol == self.places[0] {
            true => (TokenKind::Text, quoted::quote(&place.origin)),
            false => (TokenKind::Number, place.line.to_string()),
        };
        Token { kind, symbol: self.symbols.intern(&spelling), ..token }
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

    /// Argument substitution, 6.10.3.1, `#`, 6.10.3.2, and `##`, 6.10.3.3.
    fn substitute(
        &mut self,
        name: Symbol,
        template: &Template,
        mut arguments: Vec<Vec<Token>>,
    ) -> Parse<Vec<Token>> {
        self.match_arguments(name, template, &mut arguments)?;
        let mut result: Vec<Token> = Vec::new();
        let mut paste = false;
        let mut body = template.body.iter().peekable();
        while let Some(token) = body.next() {
            if token.kind.is(Punctuator::HashHash) {
                paste = true;
                continue;
            }
            let parameter =
                |token: &Token| template.parameters.iter().position(|one| *one == token.symbol);
            let mut piece = Vec::new();
            if token.kind.is(Punctuator::Hash) {
                let quoted = body.next().and_then(parameter).ok_or_else(|| {
                    self.fault(String::from("'#' is not followed by a parameter of the macro"))
                })?;
                piece.push(self.quoted(&arguments[quoted]));
            } else {
                let pasted_next =
                    body.peek().is_some_and(|next| next.kind.is(Punctuator::HashHash));
                match parameter(token) {
                    Some(index) if paste || pasted_next => piece.clone_from(&arguments[index]),
                    Some(index) => self.rescan(&arguments[index], &mut piece)?,
                    None => piece.push(*token),
                }
            }
            if let Some(first) = piece.first_mut() {
                first.spaced = token.spaced;
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
                let symbol = Symbol::EMPTY;
                before.push(Token { kind: comma, symbol, at: self.at, spaced: false });
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

    /// `# argument`: its spelling as text.
    fn quoted(&mut self, argument: &[Token]) -> Token {
        let mut spelling = String::new();
        for token in argument {
            if token.spaced && !spelling.is_empty() {
                spelling.push(' ');
            }
            let own = self.spelling(*token);
            match token.kind {
                TokenKind::Text | TokenKind::Character => spelling.push_str(&quoted::escaped(&own)),
                _ => spelling.push_str(&own),
            }
        }
        let symbol = self.symbols.intern(&format!("\"{spelling}\""));
        Token { kind: TokenKind::Text, symbol, at: self.at, spaced: false }
    }

    fn spelling(&self, token: Token) -> String {
        match token.kind {
            TokenKind::Punctuator(punctuator) => punctuator.spelling().to_owned(),
            _ => self.symbols.spelling(token.symbol).to_owned(),
        }
    }
}
