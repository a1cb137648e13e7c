//! [`Token`]: a kind, a spelling and where it begins.

use super::symbol::Symbol;

/// One preprocessing token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The spelling of an identifier, keyword or literal; else [`Symbol::EMPTY`].
    pub(crate) symbol: Symbol,
    /// The offset of its first byte in the text; of the macro's name, if it came from a macro.
    pub(crate) at: u32,
    /// Whether a blank stands before it.
    pub(crate) spaced: bool,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenKind {
    Identifier,
    Keyword(Keyword),
    /// A preprocessing number: an integer or floating constant, or neither.
    Number,
    Character,
    Text,
    Punctuator(Punctuator),
    /// `#pragma pack…`; the spelling is what follows `pack`.
    Pack,
    /// `#pragma redefine_extname…`; the spelling is what follows it.
    Rename,
    /// `#pragma scalar_storage_order…`; the spelling is what follows it.
    StorageOrder,
    /// `#pragma ms_struct…`; the spelling is what follows it.
    MicrosoftLayout,
    /// A byte that begins no token of C.
    Stray,
    End,
}

macro_rules! punctuators {
    ($($name:ident $spelling:literal)*) => {
        /// The punctuators of C, with digraphs as what they stand for.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Punctuator { $($name),* }

        impl Punctuator {
            /// The punctuator as written.
            pub(crate) const fn spelling(self) -> &'static str {
                match self { $(Punctuator::$name => $spelling),* }
            }
        }
    };
}

punctuators! {
    LeftParen "(" RightParen ")" LeftBracket "[" RightBracket "]" LeftBrace "{" RightBrace "}"
    Semicolon ";" Comma "," Colon ":" ColonColon "::" Question "?" Dot "." Ellipsis "..."
    Arrow "->" Star "*" Plus "+" Minus "-" Slash "/" Percent "%" Ampersand "&" Pipe "|" Caret "^"
    Tilde "~" Exclamation "!" Less "<" Greater ">" LessEqual "<=" GreaterEqual ">="
    EqualEqual "==" ExclamationEqual "!=" AmpersandAmpersand "&&" PipePipe "||" ShiftLeft "<<"
    ShiftRight ">>" Equal "=" PlusPlus "++" MinusMinus "--" AssignOperator "op=" Hash "#"
    HashHash "##"
}

macro_rules! keywords {
    ($($name:ident: $($spelling:literal)*;)*) => {
        /// What a keyword means, however it is spelled.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Keyword { $($name),* }

        impl Keyword {
            /// Every keyword; the position is its symbol less one.
            pub(crate) const SPELLINGS: &[(&str, Keyword)] =
                &[$($(($spelling, Keyword::$name)),*),*];
        }
    };
}

keywords! {
    Void: "void";
    Char: "char";
    Short: "short";
    Int: "int";
    Long: "long";
    Float: "float";
    Double: "double";
    Signed: "signed" "__signed" "__signed__";
    Unsigned: "unsigned";
    Bool: "_Bool";
    Complex: "_Complex" "__complex" "__complex__";
    Imaginary: "_Imaginary";
    Int128: "__int128" "__int128__";
    Int128Typedef: "__int128_t";
    UInt128Typedef: "__uint128_t";
    Float16: "_Float16";
    Float32: "_Float32";
    Float64: "_Float64";
    Float128: "_Float128" "__float128";
    Float32x: "_Float32x";
    Float64x: "_Float64x" "__float80";
    VaList: "__builtin_va_list";
    Decimal32: "_Decimal32";
    Decimal64: "_Decimal64";
    Decimal128: "_Decimal128";
    BitInt: "_BitInt";
    BFloat16: "__bf16";
    Struct: "struct";
    Union: "union";
    Enum: "enum";
    Typedef: "typedef";
    Extern: "extern";
    Static: "static";
    Auto: "auto";
    AutoType: "__auto_type";
    Register: "register";
    ThreadLocal: "_Thread_local" "__thread" "thread_local";
    Inline: "inline" "__inline" "__inline__";
    Noreturn: "_Noreturn";
    Const: "const" "__const" "__const__";
    Volatile: "volatile" "__volatile" "__volatile__";
    Restrict: "restrict" "__restrict" "__restrict__";
    Atomic: "_Atomic";
    AlignAs: "_Alignas" "alignas";
    AlignOf: "_Alignof" "alignof";
    AlignOfPreferred: "__alignof" "__alignof__";
    SizeOf: "sizeof";
    OffsetOf: "__builtin_offsetof" "offsetof";
    TypesCompatible: "__builtin_types_compatible_p";
    ChooseExpression: "__builtin_choose_expr";
    ConstantP: "__builtin_constant_p";
    TypeOf: "typeof" "__typeof" "__typeof__";
    TypeOfUnqualified: "typeof_unqual";
    Attribute: "__attribute__" "__attribute";
    Asm: "asm" "__asm" "__asm__";
    Extension: "__extension__";
    StaticAssert: "_Static_assert" "static_assert";
    Generic: "_Generic";
    ConstExpr: "constexpr";
    Pragma: "_Pragma";
    Statement: "break" "case" "continue" "default" "do" "else" "for" "goto" "if" "return"
        "switch" "while";
}

impl TokenKind {
    /// Whether the token is a pragma, which may stand anywhere.
    pub(crate) fn is_pragma(self) -> bool {
        use TokenKind::*;
        matches!(self, Pack | Rename | StorageOrder | MicrosoftLayout)
    }

    /// Whether the token is this punctuator.
    pub(crate) fn is(self, punctuator: Punctuator) -> bool {
        self == TokenKind::Punctuator(punctuator)
    }
}
