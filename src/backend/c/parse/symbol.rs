//! [`Symbols`]: every spelling once, so that names are compared and looked up as numbers.

use super::token::Keyword;

/// An interned spelling. Keywords have the first numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub(crate) struct Symbol(u32);

impl Symbol {
    /// The empty spelling, which no token has.
    pub(crate) const EMPTY: Symbol = Symbol(0);

    /// The number, for tables indexed by symbol.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The spellings met so far.
#[derive(Clone)]
pub(crate) struct Symbols {
    text: String,
    spellings: Vec<Spelling>,
    /// Open addressing; 0 is a free slot, since the empty spelling is never looked up.
    slots: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Spelling {
    start: u32,
    length: u32,
    hash: u32,
}

impl Symbols {
    pub(crate) fn new() -> Symbols {
        let empty = Spelling { start: 0, length: 0, hash: 0 };
        let mut symbols =
            Symbols { text: String::new(), spellings: vec![empty], slots: vec![0; 1024] };
        for (index, (spelling, _)) in Keyword::SPELLINGS.iter().enumerate() {
            let symbol = symbols.intern(spelling);
            debug_assert_eq!(symbol.index(), index + 1);
        }
        symbols
    }

    /// The symbol of a spelling.
    pub(crate) fn intern(&mut self, spelling: &str) -> Symbol {
        let hash = hash(spelling.as_bytes());
        let slot = match self.find(spelling, hash) {
            Ok(symbol) => return symbol,
            Err(slot) => slot,
        };
        let symbol = Symbol(self.spellings.len() as u32);
        self.slots[slot] = symbol.0;
        self.spellings.push(Spelling {
            start: self.text.len() as u32,
            length: spelling.len() as u32,
            hash,
        });
        self.text.push_str(spelling);
        if self.spellings.len() * 2 > self.slots.len() {
            self.grow();
        }
        symbol
    }

    /// The symbol of a spelling that has been met.
    pub(crate) fn get(&self, spelling: &str) -> Option<Symbol> {
        self.find(spelling, hash(spelling.as_bytes())).ok()
    }

    /// The text of a symbol.
    pub(crate) fn spelling(&self, symbol: Symbol) -> &str {
        let spelling = self.spellings[symbol.index()];
        &self.text[spelling.start as usize..][..spelling.length as usize]
    }

    /// The meaning of a symbol that is a keyword.
    pub(crate) fn keyword(symbol: Symbol) -> Option<Keyword> {
        let (_, keyword) = Keyword::SPELLINGS.get(symbol.index().wrapping_sub(1))?;
        Some(*keyword)
    }

    /// How many symbols there are, the empty one included.
    pub(crate) fn len(&self) -> usize {
        self.spellings.len()
    }

    /// Forgets the symbols from that number on, which nobody may keep.
    pub(crate) fn truncate(&mut self, length: usize) {
        let mask = self.slots.len() - 1;
        while self.spellings.len() > length
            && let Some(last) = self.spellings.pop()
        {
            // What was interned after it and looked at its slot is forgotten already.
            let mut slot = last.hash as usize & mask;
            while self.slots[slot] as usize != self.spellings.len() {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = 0;
            self.text.truncate(last.start as usize);
        }
    }

    fn find(&self, spelling: &str, hash: u32) -> Result<Symbol, usize> {
        if spelling.is_empty() {
            return Ok(Symbol::EMPTY);
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let symbol = Symbol(self.slots[slot]);
            if symbol == Symbol::EMPTY {
                return Err(slot);
            }
            if self.spellings[symbol.index()].hash == hash && self.spelling(symbol) == spelling {
                return Ok(symbol);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![0; mask + 1];
        for (index, spelling) in self.spellings.iter().enumerate().skip(1) {
            let mut slot = spelling.hash as usize & mask;
            while slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = index as u32;
        }
        self.slots = slots;
    }
}

/// A multiplicative hash over words of eight bytes: identifiers are short and not hostile in a
/// way that matters, since a text can at worst slow down its own module.
fn hash(bytes: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for &word in words {
        state = (state.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
    }
    let rest = rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    state = (state.rotate_left(5) ^ rest).wrapping_mul(FACTOR);
    (state >> 32) as u32 ^ state as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_has_one_symbol_and_keeps_it_when_the_table_grows() {
        let mut symbols = Symbols::new();
        let names: Vec<String> = (0..5000).map(|n| format!("name_{n}")).collect();
        let first: Vec<Symbol> = names.iter().map(|name| symbols.intern(name)).collect();
        for (name, symbol) in names.iter().zip(first) {
            assert_eq!(symbols.intern(name), symbol);
            assert_eq!(symbols.get(name), Some(symbol));
            assert_eq!(symbols.spelling(symbol), name);
        }
        assert_eq!(symbols.get("name_5000"), None);
    }

    #[test]
    fn what_is_forgotten_leaves_the_rest_where_it_was() {
        let mut symbols = Symbols::new();
        let mut stays = |from: usize, to: usize| {
            let names: Vec<String> = (from..to).map(|n| format!("name_{n}")).collect();
            let numbers: Vec<Symbol> = names.iter().map(|name| symbols.intern(name)).collect();
            let before = symbols.len();
            for n in 0..5000 {
                symbols.intern(&format!("passing_{from}_{n}"));
            }
            symbols.truncate(before);
            assert!(names.iter().zip(&numbers).all(|(name, n)| symbols.get(name) == Some(*n)));
            assert_eq!(symbols.get(&format!("passing_{from}_{}", to % 5000)), None);
            symbols.text.len()
        };
        let first = stays(0, 700);
        for _ in 0..10 {
            assert_eq!(stays(0, 700), first);
        }
        assert!(stays(700, 3000) > first);
        assert_eq!(symbols.get("name_2999").map(|name| symbols.spelling(name)), Some("name_2999"));
    }

    #[test]
    fn keywords_have_every_spelling_of_gcc() {
        let symbols = Symbols::new();
        for spelling in ["const", "__const", "__const__"] {
            let symbol = symbols.get(spelling).unwrap();
            assert_eq!(Symbols::keyword(symbol), Some(Keyword::Const));
        }
        assert_eq!(Symbols::keyword(Symbol::EMPTY), None);
    }
}
